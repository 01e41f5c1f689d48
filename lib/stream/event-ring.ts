/** The newest events of a channel, for those who come again. */
export class EventRing<Event> {
  readonly #size: number;
  readonly #events: Event[] = [];
  #count = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** @returns the number of the event */
  add(event: Event): number {
    if (this.#size > 0) this.#events[this.#count % this.#size] = event;
    this.#count += 1;
    return this.#count;
  }

  /** The events after the one with a number, oldest first, and how many of them are not kept any more. */
  after(number: number): {
    readonly events: readonly { readonly number: number; readonly event: Event }[];
    readonly missed: number;
  } {
    const wanted = Math.max(0, this.#count - number);
    const kept = Math.min(wanted, this.#events.length);
    const first = this.#count - kept;
    const events = Array.from({ length: kept }, (_, at) => {
      const event = this.#events[(first + at) % this.#size] as Event;
      return { number: first + at + 1, event };
    });
    return { events, missed: wanted - kept };
  }
}
