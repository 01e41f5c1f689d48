import { ControlClient } from '../http/control-client.ts';
import { readLockHolder } from '../session/monitor/session-lock.ts';
import type { SessionStatus } from '../session/monitor/session-status.ts';
import type { Clock } from '../util/clock.ts';
import { type NamedSession, nameSessions } from './name-sessions.ts';
import { type SessionSummary, summarizeSilence, summarizeStatus } from './session-summary.ts';

/** However many ask, the sessions are looked for and asked no more often than this. */
const FRESH_MS = 1000;
/** Longer than this a session is not waited for. */
const ANSWER_WITHIN_MS = 5000;

interface Look {
  readonly at: number;
  readonly summaries: Promise<readonly SessionSummary[]>;
}

/** Finds sessions and asks them how they are, when somebody wants to know. */
export class SessionWatch {
  readonly #find: () => readonly string[];
  readonly #clock: Clock;
  #found: { readonly at: number; readonly sessions: readonly NamedSession[] } | null = null;
  #look: Look | null = null;

  /** @param find - the state directories of the sessions that are there now */
  constructor(find: () => readonly string[], clock: Clock) {
    this.#find = find;
    this.#clock = clock;
  }

  get sessions(): readonly NamedSession[] {
    const now = this.#clock.now();
    if (this.#found === null || now - this.#found.at >= FRESH_MS)
      this.#found = { at: now, sessions: nameSessions(this.#find()) };
    return this.#found.sessions;
  }

  find(name: string): NamedSession | undefined {
    return this.sessions.find((session) => session.name === name);
  }

  /** Never rejects. */
  summaries(): Promise<readonly SessionSummary[]> {
    const at = this.#clock.now();
    if (this.#look === null || at - this.#look.at >= FRESH_MS) {
      const asked = this.sessions.map((session) => this.#ask(session));
      this.#look = { at, summaries: Promise.all(asked) };
    }
    return this.#look.summaries;
  }

  async #ask({ name, stateDirectory }: NamedSession): Promise<SessionSummary> {
    const client = new ControlClient(stateDirectory, {
      sessionName: name,
      clock: this.#clock,
      timeoutMs: ANSWER_WITHIN_MS,
    });
    try {
      return summarizeStatus(name, (await client.request('GET', '/status')) as SessionStatus);
    } catch (error) {
      return summarizeSilence(name, error, readLockHolder(stateDirectory) !== null);
    }
  }
}
