import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

const HEAD_INTS = 3;
const ROOM = 256 * 1024;
const LONGEST_MS = 30_000;

/** Ends this process when it reads one input for ever, and keeps the input: no timer of its own could do that. */
export class HangWatch {
  readonly #memory = new SharedArrayBuffer(HEAD_INTS * 4 + ROOM);
  readonly #head = new Int32Array(this.#memory, 0, HEAD_INTS);
  readonly #thread: Worker;

  constructor(parser: string, folder: string) {
    mkdirSync(folder, { recursive: true });
    const workerData = {
      memory: this.#memory,
      file: join(folder, `${parser}-hangs`),
      longestMs: LONGEST_MS,
    };
    this.#thread = new Worker(`(${watch.toString()})()`, { eval: true, workerData });
    this.#thread.unref();
  }

  begin(input: Buffer): void {
    const kept = input.subarray(0, ROOM);
    new Uint8Array(this.#memory, HEAD_INTS * 4).set(kept);
    this.#head[1] = kept.length;
    this.#head[2] = 1;
    Atomics.add(this.#head, 0, 1);
  }

  end(): void {
    this.#head[2] = 0;
    Atomics.add(this.#head, 0, 1);
  }

  async stop(): Promise<void> {
    await this.#thread.terminate();
  }
}

/** Runs in a thread, from its source alone. */
function watch(): void {
  /* eslint-disable @typescript-eslint/no-require-imports -- in the thread there is nothing else */
  const { workerData } = require('node:worker_threads') as {
    workerData: { memory: SharedArrayBuffer; file: string; longestMs: number };
  };
  const { writeFileSync, writeSync } = require('node:fs') as typeof import('node:fs');
  /* eslint-enable @typescript-eslint/no-require-imports */
  const { memory, file, longestMs } = workerData;
  const head = new Int32Array(memory, 0, 3);
  for (;;) {
    const turn = Atomics.load(head, 0);
    if (Atomics.wait(head, 0, turn, longestMs) === 'not-equal') continue;
    // Nobody wakes this thread: it looks now and then.
    if (Atomics.load(head, 0) !== turn || head[2] !== 1) continue;
    const input = Buffer.from(new Uint8Array(memory, 12, head[1]));
    writeFileSync(file, input);
    writeSync(2, `an input is read for ever; it is kept in ${file}\n`);
    process.kill(process.pid, 'SIGKILL');
  }
}
