import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMemory } from '../../bench/support/process-facts.mjs';

/** What one process has, over time. */
export class ProcessSampler {
  what;
  /** Pairs of milliseconds and a value. */
  series = { memory: [], files: [], handles: [] };
  #pid;
  #handles;

  /** @param directory - where the probe in that process writes */
  constructor(what, pid, directory) {
    this.what = what;
    this.#pid = pid;
    this.#handles = join(directory, `${String(pid)}.handles`);
  }

  take(at) {
    // The process has not had its first turn yet.
    if (!existsSync(this.#handles)) return;
    this.series.memory.push([at, readMemory(this.#pid).own]);
    this.series.files.push([at, readdirSync(`/proc/${String(this.#pid)}/fd`).length]);
    this.series.handles.push([at, Number(readFileSync(this.#handles, 'utf8'))]);
  }
}
