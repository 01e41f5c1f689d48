import { isEnvelope } from '../../ipc/envelope-mark.ts';
import type { ProcessEvents } from './process-events.ts';

type Listener = (message: unknown) => void;

/** Takes Vigil's messages out before the user's own listeners see them. */
export class MonitorInbox {
  readonly #listeners = new Set<Listener>();
  readonly #onFirst: () => void;

  /** @param onFirst - a message has come and nobody listens yet: now somebody is to */
  constructor(onFirst: () => void) {
    this.#onFirst = onFirst;
  }

  install(events: ProcessEvents): void {
    events.intercept('message', (message) => {
      if (!isEnvelope(message)) return false;
      if (this.#listeners.size === 0) this.#onFirst();
      for (const listener of this.#listeners) listener(message);
      return true;
    });
    // Without any listener Node keeps messages back for later; with one it would keep the process alive.
    process.on('message', ignore);
    process.channel?.unref();
  }

  /** The function returned unsubscribes. */
  onMessage(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

function ignore(): void {
  // Its presence is all that counts.
}
