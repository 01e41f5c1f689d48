/** Longest line of the channel between a master and an agent: the environment of a server has to fit in. */
export const LONGEST_LINE_BYTES = 1024 * 1024;

export interface ReceivedLines {
  readonly lines: readonly string[];
  /** One is longer than a line may be: what follows cannot be understood. */
  readonly isTooLong: boolean;
}

const NEWLINE = 0x0a;

/** Cuts the bytes of a channel into whole lines, wherever they were cut on their way. */
export class MessageLines {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes = LONGEST_LINE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): ReceivedLines {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      if (this.#bytes > this.#maxBytes) return { lines, isTooLong: true };
      lines.push(this.#take());
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return { lines, isTooLong: this.#bytes > this.#maxBytes };
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#bytes += part.length;
  }

  #take(): string {
    const text = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = [];
    this.#bytes = 0;
    return text;
  }
}
