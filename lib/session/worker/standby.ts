import type { KeepAlive } from './keep-alive.ts';

/** Holds back the work of a spare process until it is needed. */
export class Standby {
  readonly #keepAlive: KeepAlive;
  readonly #onStandingBy: () => void;
  readonly #works: (() => void)[] = [];
  #isSpare: boolean;

  constructor(isSpare: boolean, keepAlive: KeepAlive, onStandingBy: () => void) {
    this.#isSpare = isSpare;
    this.#keepAlive = keepAlive;
    this.#onStandingBy = onStandingBy;
  }

  /** Does the work: at once, or when the process is promoted. */
  begin(work: () => void): void {
    if (!this.#isSpare) {
      work();
      return;
    }
    // Nothing of the server keeps the process alive yet.
    this.#keepAlive.hold();
    this.#works.push(work);
    this.#onStandingBy();
  }

  end(): void {
    this.#isSpare = false;
    for (const work of this.#works.splice(0)) {
      work();
      this.#keepAlive.release();
    }
  }
}
