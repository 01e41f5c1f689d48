import type { SessionSummary } from '../../session-summary.ts';
import { ApiError, ask } from '../api.ts';
import { keyStore } from '../key-store.ts';
import { signal } from '../ui.ts';

export type ListState =
  | { readonly kind: 'connecting' | 'current' }
  | { readonly kind: 'locked'; readonly why: string | null }
  | { readonly kind: 'offline'; readonly since: number };

const EVERY_MS = 2000;
const WRONG_KEY = 'This is not the key of this dashboard.';

interface Answer {
  readonly at: number;
  readonly sessions: readonly SessionSummary[];
}

/** What the page knows of all sessions, asked for again and again. */
export class SessionList {
  readonly state = signal<ListState>({ kind: 'connecting' });
  /** Null until it has been heard of. */
  readonly sessions = signal<readonly SessionSummary[] | null>(null);
  /** The server's time of the last answer. */
  readonly at = signal(Date.now());
  #key = keyStore.read();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @returns what is wrong with the key; null when it is right */
  async unlock(key: string): Promise<string | null> {
    try {
      this.#take(await ask('sessions', key));
    } catch (error) {
      if (error instanceof ApiError && error.isRefused) return WRONG_KEY;
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
      this.#take(await ask('sessions', this.#key));
      this.#later();
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(answer: unknown): void {
    const { at, sessions } = answer as Answer;
    this.at.value = at;
    this.sessions.value = sessions;
    this.state.value = { kind: 'current' };
  }

  #fail(error: unknown): void {
    if (error instanceof ApiError && error.isRefused) {
      const why = this.#key === null ? null : 'The key this tab had is not the right one any more.';
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
