/**
 * Whose job is the next, among clients that all have some: each gets its share by weight, whatever the others send.
 *
 * Every client has a virtual time, moved on by 1 / weight for each of its jobs; the lowest is the next. Who comes back
 * after a pause begins at the time of the present and has saved up nothing.
 */
export class FairTurns<Client> {
  readonly #waiting = new Map<Client, Turn>();
  #now = 0;

  get size(): number {
    return this.#waiting.size;
  }

  /** The client has jobs waiting; a client that waits already keeps its place. */
  add(client: Client, weight = 1): void {
    if (this.#waiting.has(client)) return;
    this.#waiting.set(client, { at: this.#now + 1 / weight, step: 1 / weight });
  }

  /** The client has none any more, or is gone. */
  remove(client: Client): void {
    this.#waiting.delete(client);
  }

  /** Whose turn it is; that client's next turn comes after those of the others. */
  take(): Client | undefined {
    let chosen: readonly [Client, Turn] | undefined;
    // In the order in which they came among equals.
    for (const entry of this.#waiting)
      if (chosen === undefined || entry[1].at < chosen[1].at) chosen = entry;
    if (chosen === undefined) return undefined;
    const [client, turn] = chosen;
    this.#now = turn.at;
    this.#waiting.delete(client);
    this.#waiting.set(client, { at: turn.at + turn.step, step: turn.step });
    return client;
  }
}

interface Turn {
  readonly at: number;
  readonly step: number;
}
