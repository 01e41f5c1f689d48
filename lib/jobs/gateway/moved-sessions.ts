import type { Mail } from '../broker.ts';

const MOST = 100_000;

/** Which gateway has a session now; the letter that says so is kept for whoever reads the mailbox next. */
export class MovedSessions {
  readonly #byClient = new Map<string, { readonly to: string; readonly mail: Mail | null }>();

  /** Null: it is not known to have gone. */
  find(clientId: string): string | null {
    return this.#byClient.get(clientId)?.to ?? null;
  }

  /** The clients that are at a gateway. */
  allOf(to: string): readonly string[] {
    return [...this.#byClient].filter(([, moved]) => moved.to === to).map(([clientId]) => clientId);
  }

  note(clientId: string, to: string, mail: Mail | null): void {
    this.forget(clientId);
    this.#byClient.set(clientId, { to, mail });
    if (this.#byClient.size <= MOST) return;
    const [oldest] = this.#byClient.keys();
    if (oldest !== undefined) this.forget(oldest);
  }

  forget(clientId: string): void {
    this.#byClient.get(clientId)?.mail?.settle();
    this.#byClient.delete(clientId);
  }
}
