/** What a line may be long before its beginning is passed on; also what of an endless line waits at the most. */
const LONGEST_WAIT = 64 * 1024;
/** A secret that is longer cannot be told when it stands at the end of a piece. */
const LONGEST_SECRET = 8 * 1024;
const NEWLINE = 10;

/**
 * Hides the secrets in a stream of output, also those that two pieces of it share: what is not a whole
 * line yet waits for its rest. What holds no secret is passed on as the bytes it came as.
 */
export class MaskedOutput {
  readonly #mask: (text: string) => string;
  readonly #write: (chunk: Buffer) => void;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  constructor(mask: (text: string) => string, write: (chunk: Buffer) => void) {
    this.#mask = mask;
    this.#write = write;
  }

  push(chunk: Buffer): void {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      this.#wait(chunk.subarray(0, end));
      this.#pass(this.#take());
    }
    if (end < chunk.length) this.#wait(chunk.subarray(end));
    if (this.#waitingBytes > LONGEST_WAIT) this.#passBeginning();
  }

  /** Passes on what still waits: nothing comes after it. */
  end(): void {
    if (this.#waitingBytes > 0) this.#pass(this.#take());
  }

  #wait(chunk: Buffer): void {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
  }

  #take(): Buffer {
    const [first = Buffer.alloc(0)] = this.#waiting;
    const all = this.#waiting.length === 1 ? first : Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    return all;
  }

  #pass(bytes: Buffer): void {
    const text = bytes.toString();
    const masked = this.#mask(text);
    this.#write(masked === text ? bytes : Buffer.from(masked));
  }

  /** Of a line that does not end, all but the last part, which may hold the beginning of a secret. */
  #passBeginning(): void {
    const all = this.#take();
    const whole = this.#mask(all.toString());
    for (let tail = LONGEST_SECRET; tail < all.length; tail += LONGEST_SECRET) {
      const [head, rest] = [all.subarray(0, -tail), all.subarray(-tail)];
      // Where the two parts are masked like the whole, no secret lies across the cut.
      if (this.#mask(head.toString()) + this.#mask(rest.toString()) !== whole) continue;
      this.#pass(head);
      // A small rest must not keep a large block of memory alive.
      this.#wait(Buffer.from(rest));
      return;
    }
    this.#pass(all);
  }
}
