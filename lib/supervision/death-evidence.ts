import type { Phase } from './cause.ts';

/** What the process itself said of an error that nobody caught, or that its own handler took. */
export interface CrashNote {
  readonly origin: 'uncaughtException' | 'unhandledRejection';
  /** The server has a handler of its own for such errors. */
  readonly handled: boolean;
  /** Thrown while the entry module was being evaluated. */
  readonly atTopLevel: boolean;
  readonly summary: string;
}

/** The last sample of a process's memory. */
export interface MemoryEvidence {
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  /** Null: not known. */
  readonly heapLimitBytes: number | null;
}

/** What was seen of a process from outside, up to its end. */
export interface Circumstances {
  /** The kernel counted an out-of-memory kill in this server's memory group. */
  readonly oomKillCounted: boolean;
  /** What the processes of that group may hold together; null when nothing limits it, or there is none. */
  readonly memoryGroupLimitBytes: number | null;
  readonly memory: MemoryEvidence | null;
  /** What Node's own report of a fatal error says; null when there is none. */
  readonly fatalReport: { readonly trigger: string; readonly event: string } | null;
}

/** All that is known of one death. */
export interface DeathEvidence extends Circumstances {
  readonly phase: Phase;
  readonly code: number | null;
  readonly signal: string | null;
  /** Why we asked the process to end, when we did. */
  readonly asked: 'session-end' | 'manual' | 'reload' | 'memory-limit' | null;
  /** Why we killed it, when it failed a deadline or its probes. */
  readonly ownKill: {
    readonly cause: 'hang' | 'health' | 'start-timeout';
    readonly detail: string;
  } | null;
  readonly crashNote: CrashNote | null;
  /** The last lines of standard error: V8 says there that the heap is exhausted. */
  readonly lastWords: readonly string[];
  /** How long before its end it was last heard of; null when it was not, or its end was wanted. */
  readonly lastSignAgeMs: number | null;
  /** The operating system refused to start the process. */
  readonly spawnError: string | null;
}

/** Of a process that nobody has watched from outside. */
export const NO_CIRCUMSTANCES: Circumstances = {
  oomKillCounted: false,
  memoryGroupLimitBytes: null,
  memory: null,
  fatalReport: null,
};
