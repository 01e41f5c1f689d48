import { MAX_LINE_BYTES } from './command-table.ts';
import type { ConsoleInput, ConsoleInputEvents, ConsoleStream } from './console-input.ts';
import { LineSplitter } from './line-splitter.ts';

/**
 * Reads lines from a pipe or a file: no prompt, and no more is read while a line is at work.
 */
export class PipedInput implements ConsoleInput {
  readonly #stream: ConsoleStream;
  readonly #events: ConsoleInputEvents;
  readonly #splitter = new LineSplitter(MAX_LINE_BYTES);
  #work: Promise<void> = Promise.resolve();
  #isPaused = false;
  #hasEnded = false;

  constructor(stream: ConsoleStream, events: ConsoleInputEvents) {
    this.#stream = stream;
    this.#events = events;
  }

  start(): void {
    this.#stream.on('data', this.#onData);
    this.#stream.once('end', this.#onEnd);
    this.#stream.once('error', this.#onEnd);
    this.#stream.once('close', this.#onEnd);
  }

  pause(): void {
    this.#isPaused = true;
    this.#stream.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#stream.resume();
  }

  close(): void {
    this.#hasEnded = true;
    this.#stream.off('data', this.#onData);
    this.#stream.off('end', this.#onEnd);
    this.#stream.off('error', this.#onEnd);
    this.#stream.off('close', this.#onEnd);
    this.#stream.pause();
  }

  readonly #onData = (chunk: Buffer | string): void => {
    const lines = this.#splitter.push(chunk);
    if (lines.length === 0) return;
    this.#stream.pause();
    this.#work = this.#work.then(async () => {
      for (const line of lines) await this.#events.onLine(line);
      if (!this.#isPaused && !this.#hasEnded) this.#stream.resume();
    });
  };

  readonly #onEnd = (): void => {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    void this.#work.then(async () => {
      const last = this.#splitter.end();
      if (last !== undefined) await this.#events.onLine(last);
      this.#events.onEnd();
    });
  };
}
