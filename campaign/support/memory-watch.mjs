import { readMemory } from '../../bench/support/process-facts.mjs';
import { expectThat } from './broken-promise.mjs';

const MOST_MORE = 60e6;

/** Whether a process keeps within what it had at first. */
export class MemoryWatch {
  #first = null;
  #pid = null;

  /** @throws BrokenPromise */
  check(pid) {
    const { pss } = readMemory(pid);
    if (pid !== this.#pid) this.#first = pss;
    this.#pid = pid;
    expectThat(
      pss < this.#first + MOST_MORE,
      `memory stays bounded: it was ${String(this.#first)} bytes, and is ${String(pss)}`,
    );
  }
}
