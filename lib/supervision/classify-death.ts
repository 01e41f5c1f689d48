import type { Cause, Phase } from './cause.ts';

/** What the process itself said of an error that nobody caught, or that its own handler took. */
export interface CrashNote {
  readonly origin: 'uncaughtException' | 'unhandledRejection';
  /** The server has a handler of its own for such errors. */
  readonly handled: boolean;
  /** Thrown while the entry module was being evaluated. */
  readonly atTopLevel: boolean;
  readonly summary: string;
}

/** All that is known of one death. */
export interface DeathEvidence {
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
  /** The kernel counted an out-of-memory kill in this server's memory group. */
  readonly oomKillCounted: boolean;
  /** The operating system refused to start the process. */
  readonly spawnError: string | null;
}

export interface DeathClass {
  readonly cause: Cause;
  /** What the cause was concluded from, one sentence each, for people. */
  readonly evidence: readonly string[];
}

interface Rule {
  readonly applies: (evidence: DeathEvidence) => boolean;
  readonly cause: (evidence: DeathEvidence) => Cause;
  readonly because: (evidence: DeathEvidence) => string;
}

const HEAP_EXHAUSTED = /FATAL ERROR: .*(heap out of memory|heap limit|Allocation failed)/i;

/** In order of precedence: the first rule that applies gives the cause. */
const RULES: readonly Rule[] = [
  {
    applies: (evidence) => evidence.asked !== null,
    cause: (evidence) => evidence.asked ?? 'manual',
    because: (evidence) => `asked to end: ${String(evidence.asked)}`,
  },
  {
    applies: (evidence) => evidence.ownKill !== null,
    cause: (evidence) => evidence.ownKill?.cause ?? 'health',
    because: (evidence) => `ended by the monitor: ${evidence.ownKill?.detail ?? ''}`,
  },
  {
    applies: (evidence) => evidence.lastWords.some((line) => HEAP_EXHAUSTED.test(line)),
    cause: () => 'oom-heap',
    because: (evidence) => evidence.lastWords.find((line) => HEAP_EXHAUSTED.test(line)) ?? '',
  },
  {
    applies: (evidence) => evidence.signal === 'SIGKILL' && evidence.oomKillCounted,
    cause: () => 'oom-killer',
    because: () => 'the kernel counted an out-of-memory kill in its memory group',
  },
  {
    // An error that the server's own handler took explains an exit that handler chose, not a signal.
    applies: ({ crashNote, code, signal }) =>
      crashNote !== null && code !== 0 && !(crashNote.handled && signal !== null),
    cause: ({ crashNote }) =>
      crashNote?.origin === 'unhandledRejection' && !crashNote.atTopLevel ? 'rejection' : 'crash',
    because: ({ crashNote }) =>
      `crash note: ${crashNote?.origin ?? ''}: ${crashNote?.summary ?? ''}`,
  },
  {
    applies: (evidence) => evidence.spawnError !== null,
    cause: () => 'start-failed',
    because: (evidence) => `could not be started: ${evidence.spawnError ?? ''}`,
  },
  {
    applies: (evidence) => evidence.signal !== null,
    cause: () => 'signal',
    because: () => 'ended by a signal from outside',
  },
  {
    applies: (evidence) => evidence.code === 0,
    cause: () => 'clean-exit',
    because: () => 'ended by itself',
  },
  {
    applies: (evidence) => evidence.code !== null,
    cause: () => 'exit',
    because: () => 'ended by itself',
  },
];

/** Gives every death exactly one cause of the closed list, with the evidence it was concluded from. */
export function classifyDeath(evidence: DeathEvidence): DeathClass {
  const rule = RULES.find((candidate) => candidate.applies(evidence));
  const cause = rule?.cause(evidence) ?? (evidence.phase === 'starting' ? 'start-failed' : 'exit');
  return {
    cause,
    evidence: [rule?.because(evidence) ?? 'nothing is known of its end', ...factsOf(evidence)],
  };
}

/** Whether the monitor or an operator wanted this end; only other deaths count against the server. */
export function isExpected(cause: Cause): boolean {
  return (
    cause === 'session-end' || cause === 'manual' || cause === 'reload' || cause === 'memory-limit'
  );
}

function factsOf(evidence: DeathEvidence): string[] {
  const facts: string[] = [];
  if (evidence.signal !== null) facts.push(`signal ${evidence.signal}`);
  if (evidence.code !== null) facts.push(`exit code ${String(evidence.code)}`);
  facts.push(`phase ${evidence.phase}`);
  return facts;
}
