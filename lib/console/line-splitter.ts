import { StringDecoder } from 'node:string_decoder';

/**
 * Cuts a stream of bytes into lines, and keeps no more than a line's allowance.
 *
 * Of a longer line one byte more than allowed is handed on, so that whoever runs it sees it is too long; the rest is
 * thrown away as it comes.
 */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #maxLength: number;
  #rest = '';

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** The lines that `chunk` completes, without their ends. */
  push(chunk: Buffer | string): string[] {
    const text = typeof chunk === 'string' ? chunk : this.#decoder.write(chunk);
    const pieces = text.split('\n');
    const last = pieces.pop() ?? '';
    const lines: string[] = [];
    for (const piece of pieces) {
      this.#append(piece);
      lines.push(this.#take());
    }
    this.#append(last);
    return lines;
  }

  /** The last line, if it has no end of its own. */
  end(): string | undefined {
    this.#append(this.#decoder.end());
    return this.#rest === '' ? undefined : this.#take();
  }

  #append(piece: string): void {
    const room = this.#maxLength + 1 - this.#rest.length;
    if (room > 0) this.#rest += piece.slice(0, room);
  }

  #take(): string {
    const line = this.#rest.endsWith('\r') ? this.#rest.slice(0, -1) : this.#rest;
    this.#rest = '';
    return line;
  }
}
