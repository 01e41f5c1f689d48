import { ApiError, ask } from './api.ts';
import { keyStore } from './key-store.ts';
import { signal } from './ui.ts';

export type PollState =
  | { readonly kind: 'connecting' | 'current' }
  | { readonly kind: 'locked'; readonly why: string | null }
  | { readonly kind: 'offline'; readonly since: number };

const EVERY_MS = 2000;
const KEY_IS_OLD = 'The key this tab had is not the right one any more.';

/** What the page knows of something that is asked for again and again. */
export class Polled<T extends { readonly at: number }> {
  readonly state = signal<PollState>({ kind: 'connecting' });
  /** Null until it has been heard of. */
  readonly answer = signal<T | null>(null);
  /** The answer before that one. */
  before: T | null = null;
  readonly #path: string;
  readonly #wrongKey: string;
  #key = keyStore.read();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param wrongKey - what is said to who enters a wrong one */
  constructor(path: string, wrongKey: string) {
    this.#path = path;
    this.#wrongKey = wrongKey;
  }

  /** @returns what is wrong with the key; null when it is right */
  async unlock(key: string): Promise<string | null> {
    try {
      this.#take(await ask(this.#path, key));
    } catch (error) {
      if (error instanceof ApiError && error.isRefused) return this.#wrongKey;
      return error instanceof Error ? error.message : String(error);
    }
    this.#key = key;
    keyStore.write(key);
    this.#later();
    return null;
  }

  retryNow(): void {
    clearTimeout(this.#timer);
    void this.#ask();
  }

  async #ask(): Promise<void> {
    try {
      this.#take(await ask(this.#path, this.#key));
      this.#later();
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(answer: unknown): void {
    this.before = this.answer.value;
    this.answer.value = answer as T;
    this.state.value = { kind: 'current' };
  }

  #fail(error: unknown): void {
    if (error instanceof ApiError && error.isRefused) {
      const why = this.#key === null ? null : KEY_IS_OLD;
      this.#key = null;
      keyStore.write(null);
      this.state.value = { kind: 'locked', why };
      return;
    }
    const { value: state } = this.state;
    const since = state.kind === 'offline' ? state.since : Date.now();
    this.state.value = { kind: 'offline', since };
    this.#later();
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), EVERY_MS);
  }
}
