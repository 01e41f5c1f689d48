import { type Clock, waitFor } from '../../../util/clock.ts';
import { createDeferred, type Deferred } from '../../../util/deferred.ts';
import type { Notification } from './decide-notifications.ts';
import type { NotifyFailure, SendNotification } from './notify-command.ts';

export interface NotifyQueueOptions {
  readonly clock: Clock;
  readonly send: SendNotification;
  readonly warn: (text: string) => void;
}

/** Reloads one after the other fill it, while nobody takes what is sent. */
const MOST_WAITING = 32;
const TRIES = 3;
const TRY_AGAIN_MS = 1000;

/**
 * Sends one message after the other, in order. What is said again and again anyway, such as the sign of life,
 * does not queue: its newest value goes along with the next message.
 */
export class NotifyQueue {
  readonly #options: NotifyQueueOptions;
  readonly #waiting: Notification[] = [];
  readonly #loose = new Map<string, string>();
  #sending: Deferred | null = null;
  #hasWarned = false;
  #isUseless = false;
  #dropped = 0;

  constructor(options: NotifyQueueOptions) {
    this.#options = options;
  }

  /** Messages that were given up. */
  get dropped(): number {
    return this.#dropped;
  }

  push(message: Notification): void {
    if (this.#isUseless) return;
    this.#waiting.push(message);
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift();
      this.#dropped += 1;
    }
    this.#wake();
  }

  /** A variable of which only the newest value counts. */
  set(name: string, value: string): void {
    if (this.#isUseless) return;
    this.#loose.set(name, value);
    this.#wake();
  }

  /** Forgets what is not sent yet. */
  clear(): void {
    this.#waiting.length = 0;
    this.#loose.clear();
  }

  /** Resolves once nothing is left to be sent. */
  async idle(): Promise<void> {
    await this.#sending?.promise;
  }

  #wake(): void {
    if (this.#sending !== null) return;
    const done = createDeferred();
    this.#sending = done;
    // What is said in the same turn goes in one message.
    setImmediate(() => {
      void this.#sendAll().then(() => {
        this.#sending = null;
        done.resolve();
      });
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0 || this.#loose.size > 0) {
      const first = this.#waiting.shift() ?? [];
      const loose = [...this.#loose].map(([name, value]) => `${name}=${value}`);
      this.#loose.clear();
      await this.#deliver([...first, ...loose], first.length > 0 ? TRIES : 1);
    }
  }

  async #deliver(message: Notification, tries: number): Promise<void> {
    for (let left = tries; left > 0 && !this.#isUseless; left -= 1) {
      const failure = await this.#options.send(message);
      if (failure === null) return;
      this.#note(failure);
      if (left > 1 && !failure.isFinal) await waitFor(this.#options.clock, TRY_AGAIN_MS);
    }
    this.#dropped += 1;
  }

  #note({ text, isFinal }: NotifyFailure): void {
    if (!this.#hasWarned)
      this.#options.warn(`the service manager (NOTIFY_SOCKET) is not told: ${text}`);
    this.#hasWarned = true;
    if (!isFinal) return;
    this.#isUseless = true;
    this.clear();
  }
}
