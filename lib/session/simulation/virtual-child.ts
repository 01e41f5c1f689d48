import type { ChildHandle, ExitFact } from '../../process/child-handle.ts';
import { createDeferred } from '../../util/deferred.ts';

/** A process that exists only in a simulation: it ends when it is told to, or of a signal that ends one. */
export class VirtualChild implements ChildHandle {
  readonly identity;
  readonly fate = 'diesWithSupervisor';
  readonly channel = null;
  readonly stdout = null;
  readonly stderr = null;
  readonly exit: Promise<ExitFact>;
  readonly #exit = createDeferred<ExitFact>();
  #isAlive = true;

  constructor(pid: number) {
    this.identity = { pid, startTime: null, host: null };
    this.exit = this.#exit.promise;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  end(fact: Partial<ExitFact>): void {
    this.#isAlive = false;
    this.#exit.resolve({ code: null, signal: null, spawnError: null, ...fact });
  }

  signalTree(signal: NodeJS.Signals): Promise<number> {
    const reached = this.#isAlive ? 1 : 0;
    if (this.#isAlive && signal !== 'SIGCONT') this.end({ signal });
    return Promise.resolve(reached);
  }
}
