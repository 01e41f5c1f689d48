/** Keeps the newest bytes of an output. Lines are only looked for when they are asked for. */
export class OutputRing {
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #isTorn = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): void {
    if (this.#bytes + chunk.length > this.#maxBytes) this.#isTorn = true;
    // A small piece may be a view of a large block of memory, which it would keep alive.
    const kept = chunk.length > this.#maxBytes ? chunk.subarray(-this.#maxBytes) : chunk;
    this.#chunks.push(Buffer.from(kept));
    this.#bytes += kept.length;
    while (this.#bytes > this.#maxBytes) this.#bytes -= this.#chunks.shift()?.length ?? this.#bytes;
  }

  /** The last `count` lines, oldest first. */
  tail(count: number): string[] {
    if (count <= 0) return [];
    const lines = Buffer.concat(this.#chunks).toString('utf8').split(/\r?\n/);
    if (lines.at(-1) === '') lines.pop();
    // A line whose beginning is gone may begin with half a secret, which no mask would know.
    if (this.#isTorn && lines.length > 1) lines.shift();
    return lines.slice(-count);
  }
}
