import type { Readable } from 'node:stream';
import { OutputRing } from '../../util/output-ring.ts';

export type OutputStreamName = 'stdout' | 'stderr';

type Pass = (name: OutputStreamName, chunk: Buffer) => void;

/** What one server process writes: passed on, and the latest kept for the report of its death. */
export class ServerOutput {
  readonly #all = new OutputRing(RING_BYTES);
  readonly #errors = new OutputRing(RING_BYTES);
  readonly #streams: Readable[] = [];
  readonly #kept: Parameters<Pass>[] = [];
  #keptBytes = 0;
  #pass: Pass = (name, chunk) => {
    this.#keep(name, chunk);
  };

  /** Reads a stream to its end, whatever becomes of what is read: a full pipe would stop the server. */
  follow(stream: Readable | null, name: OutputStreamName): void {
    if (stream === null) return;
    this.#streams.push(stream);
    stream.on('data', (chunk: Buffer) => {
      this.#all.push(chunk);
      if (name === 'stderr') this.#errors.push(chunk);
      this.#pass(name, chunk);
    });
    stream.on('error', () => undefined);
  }

  /** Passes all of it on from the first byte; what was read before somebody wanted it was kept. */
  passTo(pass: Pass): void {
    this.#pass = pass;
    for (const [name, chunk] of this.#kept.splice(0)) pass(name, chunk);
    for (const stream of this.#streams) stream.resume();
  }

  #keep(name: OutputStreamName, chunk: Buffer): void {
    this.#kept.push([name, chunk]);
    this.#keptBytes += chunk.length;
    if (this.#keptBytes < MOST_KEPT_BYTES) return;
    for (const stream of this.#streams) stream.pause();
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
/** Somebody wants it within a moment; until then a server that writes more than this has to wait. */
const MOST_KEPT_BYTES = 1024 * 1024;
const TAIL_LINES = 50;
