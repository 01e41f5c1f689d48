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
  explain(): unknown;
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
