/** What a session offers to those who operate it over its control socket. */
export interface ControlPort {
  /** The session's state, fit for JSON. */
  status(): unknown;
  /** Runs one line of the command table. */
  runCommand(line: string): Promise<ControlCommandOutcome>;
  complete(line: string): readonly [readonly string[], string];
  restart(options: { readonly force: boolean }): Promise<unknown>;
  reload(): Promise<ReloadReply>;
  /** Resolves once the end has begun, so that the answer still goes out. */
  stop(options: { readonly force: boolean }): Promise<unknown>;
  /** Like `stop`. */
  kill(): Promise<unknown>;
  set(path: string, value: unknown): Promise<unknown>;
  /** The last `count` events, oldest first. */
  recentEvents(count: number): readonly unknown[];
  /** Events from now on, until `signal` fires. */
  followEvents(signal: AbortSignal): AsyncIterable<unknown>;
  testAlert(): Promise<unknown>;
  /** Whether a server process serves, and the session's state in one word. */
  readiness(): { readonly isReady: boolean; readonly state: string };
  /** The crash reports that are kept, newest first, fit for JSON. */
  listCrashes(): Promise<unknown>;
  /** @param id - or the beginning of one */
  showCrash(id: string): Promise<unknown>;
  clearCrashes(): Promise<unknown>;
  /** What the session would decide next and why, fit for JSON. */
  explain(): unknown;
  /** Absent where the session cannot be taken over. */
  readonly takeOver?: TakeOverPort;
}

/** How another monitor takes a session over: it is offered the sockets, and says when its server is ready. */
export interface TakeOverPort {
  /** @returns where the sockets are to be had, and how many there are */
  offer(pid: number): Promise<unknown>;
  /** The monitor with this pid serves from now on, on the sockets for these queries. */
  conclude(pid: number, queries: readonly unknown[]): Promise<unknown>;
}

/** The outcome of a command line, as the console has it. */
export type ControlCommandOutcome =
  | { readonly ok: true; readonly output: string }
  | {
      readonly ok: false;
      readonly error: { readonly code: string; readonly message: string; readonly stack?: string };
    };

export interface ReloadReply {
  readonly ok: boolean;
  readonly reason?: string;
  readonly code?: string;
}
