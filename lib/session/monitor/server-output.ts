import type { Readable } from 'node:stream';
import { OutputRing } from '../../util/output-ring.ts';

export type OutputStreamName = 'stdout' | 'stderr';

/** Where the output of one process goes. */
export interface OutputSink {
  write(name: OutputStreamName, chunk: Buffer): void;
  /** Nothing more comes from that stream. */
  end(name: OutputStreamName): void;
}

/** What one server process writes: passed on, and the latest kept for the report of its death. */
export class ServerOutput {
  readonly #all = new OutputRing(RING_BYTES);
  readonly #errors = new OutputRing(RING_BYTES);
  readonly #streams: Readable[] = [];
  readonly #kept: ((sink: OutputSink) => void)[] = [];
  #keptBytes = 0;
  #sink: OutputSink | null = null;

  /** Reads a stream to its end, whatever becomes of what is read: a full pipe would stop the server. */
  follow(stream: Readable | null, name: OutputStreamName): void {
    if (stream === null) return;
    this.#streams.push(stream);
    stream.on('data', (chunk: Buffer) => {
      this.#all.push(chunk);
      if (name === 'stderr') this.#errors.push(chunk);
      this.#tell((sink) => {
        sink.write(name, chunk);
      }, chunk.length);
    });
    stream.once('close', () => {
      this.#tell((sink) => {
        sink.end(name);
      });
    });
    stream.on('error', () => undefined);
  }

  /** Passes all of it on from the first byte; what was read before somebody wanted it was kept. */
  passTo(sink: OutputSink): void {
    this.#sink = sink;
    for (const tell of this.#kept.splice(0)) tell(sink);
    for (const stream of this.#streams) stream.resume();
  }

  #tell(tell: (sink: OutputSink) => void, bytes = 0): void {
    if (this.#sink === null) this.#keep(tell, bytes);
    else tell(this.#sink);
  }

  #keep(tell: (sink: OutputSink) => void, bytes: number): void {
    this.#kept.push(tell);
    this.#keptBytes += bytes;
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
