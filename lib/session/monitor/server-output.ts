import type { Readable } from 'node:stream';
import { OutputRing } from '../../util/output-ring.ts';

export type OutputStreamName = 'stdout' | 'stderr';

/** What one server process has written lately, for the report of its death. */
export class ServerOutput {
  readonly #all = new OutputRing(RING_BYTES);
  readonly #errors = new OutputRing(RING_BYTES);

  /** Reads a stream to its end, whatever becomes of what is read: a full pipe would stop the server. */
  follow(
    stream: Readable | null,
    name: OutputStreamName,
    pass: (name: OutputStreamName, chunk: Buffer) => void,
  ): void {
    stream?.on('data', (chunk: Buffer) => {
      this.#all.push(chunk);
      if (name === 'stderr') this.#errors.push(chunk);
      pass(name, chunk);
    });
    stream?.on('error', () => undefined);
  }

  /** The last lines of both streams. */
  tail(): string[] {
    return this.#all.tail(TAIL_LINES);
  }

  /** The last lines of standard error, where V8 says why it gave up. */
  lastWords(): string[] {
    return this.#errors.tail(TAIL_LINES);
  }
}

const RING_BYTES = 64 * 1024;
const TAIL_LINES = 50;
