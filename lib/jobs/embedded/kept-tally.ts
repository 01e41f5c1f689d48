import { fullError } from '../broker-errors.ts';
import type { BrokerSettings } from '../broker.ts';

/** Counts what an embedded broker keeps, against its bounds, and numbers it. */
export class KeptTally {
  readonly #settings: BrokerSettings;
  readonly #hasTexts: boolean;
  #count = 0;
  #textInMemory = 0;
  #lastSeq = 0;

  /** @param hasTexts - whether a text that is not in memory can be read again */
  constructor(settings: BrokerSettings, hasTexts: boolean) {
    this.#settings = settings;
    this.#hasTexts = hasTexts;
  }

  get count(): number {
    return this.#count;
  }

  get textInMemory(): number {
    return this.#textInMemory;
  }

  nextSeq(): number {
    return ++this.#lastSeq;
  }

  /** Takes note of a number that was given before this process. */
  sawSeq(seq: number): void {
    this.#lastSeq = Math.max(this.#lastSeq, seq);
  }

  /**
   * Counts one more. Says whether its text is to stay in memory.
   *
   * @param frees - how many others go in return
   * @throws ERR_BROKER_FULL when there is no room
   */
  admit(size: number, frees = 0): boolean {
    const { maxKept, maxTextInMemory } = this.#settings;
    if (this.#count - frees >= maxKept)
      throw fullError(`${String(maxKept)} jobs and letters are kept`);
    const fits = this.#textInMemory + size <= maxTextInMemory;
    if (!fits && !this.#hasTexts)
      throw fullError(`their texts take ${String(maxTextInMemory)} characters`);
    this.add(size, fits);
    return fits;
  }

  /** Counts what cannot be refused: it is there already. */
  add(size: number, inMemory: boolean): void {
    this.#count += 1;
    if (inMemory) this.#textInMemory += size;
  }

  /** Whether a text of that size fits into memory. */
  hasRoomFor(size: number): boolean {
    return !this.#hasTexts || this.#textInMemory + size <= this.#settings.maxTextInMemory;
  }

  remove(size: number, wasInMemory: boolean): void {
    this.#count -= 1;
    if (wasInMemory) this.#textInMemory -= size;
  }
}
