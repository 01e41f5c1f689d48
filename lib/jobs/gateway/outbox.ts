/** What an outbox needs of a connection. */
export interface OutboxLine {
  isReady(): boolean;
  send(text: string): boolean;
}

/**
 * What is to be sent to one client, in its order, no faster than the client takes it. Of what is marked as the same,
 * such as the progress of one job, only the newest waits.
 */
export class Outbox {
  readonly #line: OutboxLine;
  readonly #max: number;
  readonly #waiting = new Map<string, string>();
  #lastKey = 0;
  #superseded = 0;

  /** @param max - messages that may wait */
  constructor(line: OutboxLine, max: number) {
    this.#line = line;
    this.#max = max;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Messages that were never sent because a newer one came. */
  get superseded(): number {
    return this.#superseded;
  }

  /** Whether the one that is marked so waits still. */
  has(mark: string): boolean {
    return this.#waiting.has(mark);
  }

  /** @returns false when too much waits already: the client reads too slowly to be served */
  send(text: string, mark?: string): boolean {
    if (this.#waiting.size === 0 && this.#line.isReady()) {
      this.#line.send(text);
      return true;
    }
    const key = mark ?? `#${String(++this.#lastKey)}`;
    if (this.#waiting.has(key)) this.#superseded += 1;
    this.#waiting.set(key, text);
    return this.#waiting.size <= this.#max;
  }

  /** It need not be sent any more. */
  drop(mark: string): void {
    if (this.#waiting.delete(mark)) this.#superseded += 1;
  }

  /** To be called when the connection takes more. */
  flush(): void {
    for (const [key, text] of this.#waiting) {
      if (!this.#line.isReady()) return;
      this.#waiting.delete(key);
      this.#line.send(text);
    }
  }
}
