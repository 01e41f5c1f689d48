import { checkFunction } from '../../util/check-function.ts';

/** What a server's own code is told when its process begins to drain. */
export interface DrainInfo {
  /** Milliseconds until the drain gives up on what is still open. */
  readonly deadlineMs: number;
  /** Aborted when it gives up: at the deadline, or sooner when nobody wants to wait any longer. */
  readonly signal: AbortSignal;
}

/** Called when a drain begins; the drain does not end before what it returns has settled. */
export type DrainListener = (info: DrainInfo) => void | Promise<void>;

/** What the server's own code does while its process drains; all of it at the same time. */
export class DrainListeners {
  readonly #listeners: DrainListener[] = [];
  #pending = 0;

  get count(): number {
    return this.#listeners.length;
  }

  /** How many have been told and are not finished. */
  get pending(): number {
    return this.#pending;
  }

  /** @throws ERR_ARGUMENT when it is not a function */
  add(listener: DrainListener): void {
    checkFunction(listener, 'a drain listener');
    this.#listeners.push(listener);
  }

  /** Calls all of them; one that fails or is late keeps no other from anything. */
  tell(info: DrainInfo, onTrouble: (text: string) => void): void {
    for (const listener of this.#listeners) this.#tellOne(listener, info, onTrouble);
  }

  #tellOne(listener: DrainListener, info: DrainInfo, onTrouble: (text: string) => void): void {
    const name = listener.name === '' ? 'anonymous' : listener.name;
    const onLate = (): void => {
      onTrouble(`drain listener ${name} was not finished when the drain gave up`);
    };
    this.#pending += 1;
    info.signal.addEventListener('abort', onLate, { once: true });
    void new Promise<void>((done) => {
      done(listener(info));
    })
      .catch((error: unknown) => {
        onTrouble(`drain listener ${name} failed: ${String(error)}`);
      })
      .then(() => {
        info.signal.removeEventListener('abort', onLate);
        this.#pending -= 1;
      });
  }
}
