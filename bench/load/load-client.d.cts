import type { RequestOptions } from 'node:http';

/**
 * What became of a request: `ok` a complete answer below 400 · `5xx` a complete answer of 500 or more · `refused`
 * nobody listened · `reset` the connection ended before the answer was complete · `late` no complete answer in time ·
 * `other` anything else, a 4xx or a trouble of the client's own included.
 */
export type Outcome = 'ok' | 'late' | '5xx' | 'refused' | 'reset' | 'other';

export interface Answer {
  readonly outcome: Outcome;
  /** The status or the error code. */
  readonly detail: string;
  readonly status: number | null;
  readonly body: string;
  /** `performance.now()` when it was sent, and when its fate was known. */
  readonly startedAt: number;
  readonly at: number;
  readonly tookMs: number;
}

export interface LoadReport {
  readonly sent: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** All that were not `ok`. */
  readonly failed: number;
  /** How many of each status and error code. */
  readonly details: Readonly<Record<string, number>>;
  /** The longest wait for an answer that was `ok`, milliseconds. */
  readonly longestMs: number;
}

export interface Load {
  readonly report: LoadReport;
  /** How many were sent and have no outcome yet. */
  readonly underWay: number;
  /** Sends no more, and waits for what is under way; with `now` that counts as late at once. */
  end(options?: { readonly now?: boolean }): Promise<LoadReport>;
}

export interface SendOptions {
  /** The longest wait for a complete answer; default 5,000. */
  readonly lateMs?: number;
}

export interface LoadOptions extends SendOptions {
  readonly onAnswer?: (answer: Answer) => void;
}

export interface NewConnectionsOptions extends LoadOptions {
  /** A request is sent this often, fractions allowed; default 5. */
  readonly everyMs?: number;
}

export interface KeepAliveOptions extends LoadOptions {
  /** How many, default 20. */
  readonly connections?: number;
  /** What each connection waits between an answer and the next request, default 10. */
  readonly pauseMs?: number;
}

export declare function ask(target: RequestOptions, options?: SendOptions): Promise<Answer>;
export declare function send(
  target: RequestOptions,
  options?: SendOptions,
): { readonly answer: Promise<Answer>; giveUp(): void };
export declare function startNewConnections(
  target: RequestOptions,
  options?: NewConnectionsOptions,
): Load;
export declare function startKeepAlive(target: RequestOptions, options?: KeepAliveOptions): Load;
