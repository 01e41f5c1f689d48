import type { Mail } from '../broker.ts';

const MOST = 100_000;

interface Moved {
  readonly to: string;
  /** Mailboxes that mattered to it then. */
  readonly homes: readonly string[];
  readonly mail: Mail | null;
}

/** Which gateway has a session now; the letter that says so is kept for whoever reads the mailbox next. */
export class MovedSessions {
  readonly #byClient = new Map<string, Moved>();

  /** Null: it is not known to have gone. */
  find(clientId: string): string | null {
    return this.#byClient.get(clientId)?.to ?? null;
  }

  /** Where more of it may be: at the gateway that has it now, and in the mailboxes that mattered to it. */
  placesOf(clientId: string): readonly string[] {
    const moved = this.#byClient.get(clientId);
    return moved === undefined ? [] : [moved.to, ...moved.homes];
  }

  /** The clients that are at a gateway. */
  allOf(to: string): readonly string[] {
    return [...this.#byClient].filter(([, moved]) => moved.to === to).map(([clientId]) => clientId);
  }

  note(clientId: string, moved: Moved): void {
    this.forget(clientId);
    this.#byClient.set(clientId, moved);
    if (this.#byClient.size <= MOST) return;
    const [oldest] = this.#byClient.keys();
    if (oldest !== undefined) this.forget(oldest);
  }

  forget(clientId: string): void {
    this.#byClient.get(clientId)?.mail?.settle();
    this.#byClient.delete(clientId);
  }
}
