import type { Mail } from '../broker.ts';

/** A letter that tells of several things, and is settled when none of them matters any more. */
export class HeldNote {
  #mail: Mail | null = null;
  #left: number;
  readonly #onOver: () => void;
  readonly #dependents = new Set<HeldNote>();

  /** @param onOver - called when nothing of it is left and it has been settled */
  constructor(things: number, onOver: () => void = () => undefined) {
    this.#left = things;
    this.#onOver = onOver;
  }

  get isOver(): boolean {
    return this.#left <= 0;
  }

  /** It has come back to its writer, or to the next reader; another time after the broker was away. */
  arrive(mail: Mail): void {
    this.#mail = mail;
    this.#settle();
  }

  release(): void {
    this.#left -= 1;
    if (this.#left !== 0) return;
    this.#settle();
    for (const dependent of this.#dependents) dependent.release();
    this.#dependents.clear();
  }

  /** That one is about this one alone; it is released when this one is over. @returns false when it is over already */
  addDependent(note: HeldNote): boolean {
    if (this.isOver || this.#dependents.has(note)) return false;
    this.#dependents.add(note);
    return true;
  }

  #settle(): void {
    if (!this.isOver || this.#mail === null) return;
    this.#mail.settle();
    this.#onOver();
  }
}
