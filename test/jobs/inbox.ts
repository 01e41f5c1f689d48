import { DEFAULT_WAIT_MS } from '../support/wait-until.ts';

/** What has come, in its order; whoever asks for the next waits for it. */
export class Inbox<T> {
  readonly all: T[] = [];
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  /** To be handed over as a callback. */
  readonly put = (item: T): void => {
    this.all.push(item);
    this.#waiting.shift()?.();
  };

  async next(): Promise<T> {
    const at = this.#taken++;
    if (at >= this.all.length) await this.#arrival();
    const item = this.all[at];
    if (item === undefined) throw new Error('nothing came');
    return item;
  }

  async take(count: number): Promise<T[]> {
    const items: T[] = [];
    while (items.length < count) items.push(await this.next());
    return items;
  }

  #arrival(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`nothing more came; there are ${String(this.all.length)}`));
      }, DEFAULT_WAIT_MS);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
