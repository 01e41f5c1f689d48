import type { ErrorLike } from '../ipc/error-like.ts';
import type { Suspect } from '../report/crash-report.ts';
import type { Cause, Phase } from '../supervision/cause.ts';
import type { OpenRequest } from './contract.ts';

/** What every event carries beside its own fields. */
export interface EventStamp {
  /** ISO time. */
  readonly at: string;
  /** Grows by one with every event of the session. */
  readonly seq: number;
  /** Of the server process; 0 before the first one. */
  readonly generation: number;
  readonly pid?: number;
}

interface QueuedEvent<Type extends string> {
  readonly type: Type;
  readonly kind: string;
  readonly id: string;
  /** False: it waits in memory only, and `error` says why. */
  readonly onDisk: boolean;
  readonly error?: { readonly code: string; readonly message: string };
}

interface SentEvent<Type extends string> {
  readonly type: Type;
  readonly kind: string;
  readonly id: string;
  /** The same over all tries. */
  readonly messageId: string;
  /** In the words of who took it. */
  readonly response: string;
  readonly attempts: number;
}

interface FailedEvent<Type extends string> {
  readonly type: Type;
  readonly kind: string;
  readonly id: string;
  readonly error: { readonly code: string; readonly message: string };
  /** Those concerned, when not all are. */
  readonly recipients?: readonly string[];
  /** Null: it is not tried again. */
  readonly retryInMs: number | null;
}

/** The published events of a session, without their stamp. */
export type SessionEventBody =
  | { readonly type: 'session.started'; readonly name: string; readonly monitorPid: number }
  | {
      readonly type: 'session.leftovers';
      readonly processes: readonly { readonly pid: number; readonly command: string }[];
    }
  | {
      readonly type: 'control.opened';
      readonly host: string;
      readonly port: number;
      readonly url: string;
      /** The file with the session key; null when it could not be written. */
      readonly keyFile: string | null;
    }
  | { readonly type: 'control.failed'; readonly reason: string }
  | { readonly type: 'session.ending'; readonly reason: string }
  | { readonly type: 'session.ended'; readonly reason: string; readonly exitCode: number }
  | {
      readonly type: 'worker.forked';
      /** It is a spare, and waits for its promotion. */
      readonly standby?: true;
    }
  | {
      readonly type: 'worker.listening';
      readonly port: number | null;
      readonly path: string | null;
    }
  | { readonly type: 'worker.ready'; readonly isFirstTime: boolean; readonly startMs: number }
  | { readonly type: 'worker.degraded' }
  | { readonly type: 'worker.recovered' }
  | {
      readonly type: 'worker.exited';
      readonly code: number | null;
      readonly signal: string | null;
      readonly cause: Cause;
      readonly expected: boolean;
      readonly phase: Phase;
      readonly uptimeMs: number;
      readonly evidence: readonly string[];
    }
  | { readonly type: 'worker.leftovers'; readonly count: number }
  | { readonly type: 'worker.extendedDeadline'; readonly ms: number }
  | {
      readonly type: 'crash.detected';
      readonly error: ErrorLike;
      readonly handled: boolean;
      readonly origin: string;
    }
  | {
      readonly type: 'crash.reported';
      readonly id: string;
      readonly fingerprint: string;
      readonly cause: Cause;
      readonly occurrences: number;
      readonly suspect?: Suspect;
    }
  | { readonly type: 'crash.reportFailed'; readonly error: ErrorLike }
  | { readonly type: 'restart.scheduled'; readonly delayMs: number; readonly attempt: number }
  | {
      readonly type: 'files.changed';
      readonly count: number;
      readonly paths: readonly string[];
    }
  | {
      readonly type: 'memory.limitExceeded';
      readonly rssBytes: number;
      readonly limitBytes: number;
    }
  | { readonly type: 'breaker.opened'; readonly score: number; readonly retryInMs: number | null }
  | { readonly type: 'breaker.halfOpened' }
  | { readonly type: 'breaker.closed' }
  | { readonly type: 'quarantine.started'; readonly route: string; readonly forMs: number }
  | { readonly type: 'quarantine.ended'; readonly route: string }
  | { readonly type: 'reload.started' }
  | { readonly type: 'reload.succeeded' }
  | { readonly type: 'standby.ready' }
  | { readonly type: 'standby.promoted' }
  | { readonly type: 'reload.rolledBack'; readonly reason: string }
  | { readonly type: 'drain.started' }
  | {
      readonly type: 'drain.finished';
      readonly open: number;
      readonly durationMs: number;
      readonly requests: readonly OpenRequest[];
      readonly moreRequests: number;
    }
  | { readonly type: 'poll.failed'; readonly reason: string; readonly count: number }
  | {
      readonly type: 'hang.detected';
      readonly silenceMs: number;
      readonly stack: string | null;
      /** Why there is no stack; empty when there is one. */
      readonly note: string;
      /** The innermost call within the project: `busy (src/app.js:12)`. */
      readonly place: string | null;
    }
  | {
      readonly type: 'loop.stalled';
      readonly durationMs: number;
      readonly stack: string | null;
      readonly note: string;
      readonly place: string | null;
    }
  | QueuedEvent<'mail.queued'>
  | SentEvent<'mail.sent'>
  | FailedEvent<'mail.failed'>
  | QueuedEvent<'webhook.queued'>
  | SentEvent<'webhook.sent'>
  | FailedEvent<'webhook.failed'>
  | { readonly type: 'exitHandler.failed'; readonly name: string; readonly error: ErrorLike }
  | { readonly type: 'exitHandler.timedOut'; readonly name: string; readonly deadlineMs: number }
  | { readonly type: 'lifecycle'; readonly event: string }
  | { readonly type: 'events.dropped'; readonly count: number }
  | { readonly type: 'config.changed'; readonly path: string; readonly value: unknown };

export type SessionEvent = SessionEventBody & EventStamp;
