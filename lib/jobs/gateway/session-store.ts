import type { Clock } from '../../util/clock.ts';

export interface SessionStoreOptions {
  /** How long a session without a connection, and a result that is not acknowledged, are kept. */
  readonly resultTtlMs: number;
  readonly maxSessions: number;
  /** Results kept for all sessions together; beyond it the oldest goes, and is counted. */
  readonly maxKept: number;
}

/** A client over all its connections. */
export interface ClientSession {
  /** The token that takes it over; nobody can guess it. */
  readonly token: string;
  readonly clientId: string;
}

/** The end of a job, as it is sent to the client. */
export interface KeptResult {
  readonly id: string;
  /** The whole message. */
  readonly text: string;
}

interface Held<Connection> extends ClientSession {
  connection: Connection | null;
  /** Ids of jobs that have not ended. */
  readonly open: Set<string>;
  readonly kept: Map<string, Kept>;
  /** When it lost its connection. */
  idleSince: number;
}

interface Kept extends KeptResult {
  readonly keptAt: number;
  readonly onGone: () => void;
}

/** The sessions of a gateway: whose connection is whose, what is open, and the results that no client has acknowledged. */
export class SessionStore<Connection> {
  readonly #clock: Clock;
  readonly #options: SessionStoreOptions;
  readonly #byToken = new Map<string, Held<Connection>>();
  readonly #byClient = new Map<string, Held<Connection>>();
  #kept = 0;
  #dropped = 0;

  constructor(clock: Clock, options: SessionStoreOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  get size(): number {
    return this.#byToken.size;
  }

  get kept(): number {
    return this.#kept;
  }

  /** Results that were given up because there were too many, or nobody came for them. */
  get dropped(): number {
    return this.#dropped;
  }

  /** A new client; null when there are as many as may be. */
  open({ token, clientId }: ClientSession, connection: Connection): ClientSession | null {
    if (this.#byToken.size >= this.#options.maxSessions) this.sweep();
    if (this.#byToken.size >= this.#options.maxSessions) this.#forgetEmptyOne();
    if (this.#byToken.size >= this.#options.maxSessions) return null;
    return this.#add(token, clientId, connection);
  }

  has(token: string): boolean {
    return this.#byToken.has(token);
  }

  /** A client of another gateway, or of the time before this process. */
  adopt(session: ClientSession): void {
    if (!this.#byToken.has(session.token)) this.#add(session.token, session.clientId, null);
  }

  /** Gives the session of a token to this connection; the connection before it, if any, has it no more. */
  resume(
    token: string,
    connection: Connection,
  ): { session: ClientSession; open: readonly string[]; previous: Connection | null } | null {
    const held = this.#byToken.get(token);
    if (held === undefined) return null;
    const previous = held.connection;
    held.connection = connection;
    return { session: held, open: [...held.open], previous };
  }

  /** The connection is closed; a session that another connection has taken over is left alone. */
  leave(token: string, connection: Connection): void {
    const held = this.#byToken.get(token);
    if (held?.connection !== connection) return;
    held.connection = null;
    held.idleSince = this.#clock.now();
  }

  /** Forgets a session and what is kept for it. */
  forget(token: string): void {
    const held = this.#byToken.get(token);
    if (held === undefined) return;
    for (const { id } of held.kept.values()) this.#give(held, id);
    this.#byToken.delete(token);
    this.#byClient.delete(held.clientId);
  }

  /** All tokens and their clients. */
  sessions(): readonly ClientSession[] {
    return [...this.#byToken.values()];
  }

  connectionOf(clientId: string): Connection | null {
    return this.#byClient.get(clientId)?.connection ?? null;
  }

  sessionOf(clientId: string): ClientSession | null {
    return this.#byClient.get(clientId) ?? null;
  }

  begin(clientId: string, id: string): void {
    this.#byClient.get(clientId)?.open.add(id);
  }

  /** The job never began. */
  withdraw(clientId: string, id: string): void {
    this.#byClient.get(clientId)?.open.delete(id);
  }

  /** What a client has; null for an unknown one. */
  loadOf(clientId: string, id: string): { hasId: boolean; open: number; kept: number } | null {
    const held = this.#byClient.get(clientId);
    if (held === undefined) return null;
    const { open, kept } = held;
    return { hasId: open.has(id) || kept.has(id), open: open.size, kept: kept.size };
  }

  /**
   * Keeps the end of a job until its client has acknowledged it. False when that job has an end already, or its
   * session is gone.
   *
   * @param onGone - called once, when it need not be kept any more
   */
  keep(clientId: string, result: KeptResult, onGone: () => void = () => undefined): boolean {
    const held = this.#byClient.get(clientId);
    if (held === undefined || held.kept.has(result.id)) return false;
    held.open.delete(result.id);
    const { id, text } = result;
    held.kept.set(id, { id, text, keptAt: this.#clock.now(), onGone });
    this.#kept += 1;
    if (this.#kept > this.#options.maxKept) this.#dropOldest();
    return true;
  }

  /** What is kept for a client, the oldest first. */
  keptOf(clientId: string): readonly KeptResult[] {
    return [...(this.#byClient.get(clientId)?.kept.values() ?? [])];
  }

  /** The client has it. False when nothing of that id is kept. */
  acknowledge(clientId: string, id: string): boolean {
    const held = this.#byClient.get(clientId);
    return held !== undefined && this.#give(held, id);
  }

  /** Gives up what is older than its time. To be called now and then. */
  sweep(): void {
    const limit = this.#clock.now() - this.#options.resultTtlMs;
    for (const held of [...this.#byToken.values()]) {
      for (const { id, keptAt } of held.kept.values())
        if (keptAt <= limit) this.#dropped += Number(this.#give(held, id));
      const isIdle = held.connection === null && held.idleSince <= limit;
      if (isIdle && held.open.size === 0) this.forget(held.token);
    }
  }

  #add(token: string, clientId: string, connection: Connection | null): ClientSession {
    const held: Held<Connection> = {
      token,
      clientId,
      connection,
      open: new Set(),
      kept: new Map(),
      idleSince: this.#clock.now(),
    };
    this.#byToken.set(token, held);
    this.#byClient.set(clientId, held);
    return held;
  }

  /** A client that has nothing here loses nothing but its name. */
  #forgetEmptyOne(): void {
    for (const { token, connection, open, kept } of this.#byToken.values()) {
      if (connection !== null || open.size > 0 || kept.size > 0) continue;
      this.forget(token);
      return;
    }
  }

  #give(held: Held<Connection>, id: string): boolean {
    const kept = held.kept.get(id);
    if (kept === undefined) return false;
    held.kept.delete(id);
    this.#kept -= 1;
    kept.onGone();
    return true;
  }

  #dropOldest(): void {
    let oldest: { held: Held<Connection>; kept: Kept } | null = null;
    for (const held of this.#byToken.values()) {
      const [kept] = held.kept.values();
      if (kept !== undefined && (oldest === null || kept.keptAt < oldest.kept.keptAt))
        oldest = { held, kept };
    }
    if (oldest !== null) this.#dropped += Number(this.#give(oldest.held, oldest.kept.id));
  }
}
