/**
 * Does one thing after the other: what is asked for while something is being done, waits until that
 * is finished.
 *
 * A state machine tells of what it does while it does it, and whoever hears of it may give the next
 * order at once; carried out in between, it would find half of the effects missing.
 */
export class TurnQueue {
  readonly #waiting: (() => void)[] = [];
  #isBusy = false;

  take(work: () => void): void {
    this.#waiting.push(work);
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        next();
      }
    } finally {
      this.#isBusy = false;
    }
  }
}
