/** The ports that may be handed to servers: each to one at a time, the one that was given back last comes last. */
export class PortPool {
  readonly #free: number[];
  readonly #taken = new Set<number>();
  readonly #isUsable: (port: number) => Promise<boolean>;
  #strangers = 0;

  /** @param isUsable - whether nobody else holds the port at this moment */
  constructor(ports: readonly number[], isUsable: (port: number) => Promise<boolean>) {
    this.#free = [...ports];
    this.#isUsable = isUsable;
  }

  get freeCount(): number {
    return this.#free.length;
  }

  get takenCount(): number {
    return this.#taken.size;
  }

  /** How many free ports the last search found in the hands of strangers. */
  get strangers(): number {
    return this.#strangers;
  }

  /** Hands out a port that nobody holds; null when there is none. A stranger's port stays in the pool for later. */
  async take(): Promise<number | null> {
    const held: number[] = [];
    try {
      for (let port = this.#free.shift(); port !== undefined; port = this.#free.shift()) {
        this.#taken.add(port);
        if (await this.#isUsable(port)) return port;
        this.#taken.delete(port);
        held.push(port);
      }
      return null;
    } finally {
      this.#strangers = held.length;
      this.#free.push(...held);
    }
  }

  /** Takes a port out for a server that has it already; false when it is not a free one of this pool. */
  claim(port: number): boolean {
    const at = this.#free.indexOf(port);
    if (at === -1) return false;
    this.#free.splice(at, 1);
    this.#taken.add(port);
    return true;
  }

  /** Gives a port back; one that was not handed out changes nothing. */
  release(port: number): void {
    if (this.#taken.delete(port)) this.#free.push(port);
  }
}
