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

const HEAP_EXHAUSTED = /FATAL ERROR: .*(heap out of memory|heap limit|Allocation failed)/i;

interface Conclusion {
  readonly cause: Cause;
  readonly because: string;
}

/** In order of precedence: the first rule that concludes anything gives the cause. */
const RULES: readonly ((evidence: DeathEvidence) => Conclusion | null)[] = [
  ({ asked }) => (asked === null ? null : { cause: asked, because: `asked to end: ${asked}` }),
  ({ ownKill }) => {
    if (ownKill === null) return null;
    return { cause: ownKill.cause, because: `ended by the monitor: ${ownKill.detail}` };
  },
  ({ lastWords }) => {
    const line = lastWords.find((word) => HEAP_EXHAUSTED.test(word));
    return line === undefined ? null : { cause: 'oom-heap', because: line };
  },
  ({ signal, oomKillCounted }) => {
    if (signal !== 'SIGKILL' || !oomKillCounted) return null;
    const because = 'the kernel counted an out-of-memory kill in its memory group';
    return { cause: 'oom-killer', because };
  },
  ({ crashNote, code, signal }) => {
    if (crashNote === null || code === 0) return null;
    // An error that the server's own handler took explains an exit that handler chose, not a signal.
    if (crashNote.handled && signal !== null) return null;
    const { origin, atTopLevel, summary } = crashNote;
    const isRejection = origin === 'unhandledRejection' && !atTopLevel;
    const because = `crash note: ${origin}: ${summary}`;
    return { cause: isRejection ? 'rejection' : 'crash', because };
  },
  ({ spawnError }) => {
    if (spawnError === null) return null;
    return { cause: 'start-failed', because: `could not be started: ${spawnError}` };
  },
  ({ signal }) =>
    signal === null ? null : { cause: 'signal', because: 'ended by a signal from outside' },
  ({ code }) => {
    if (code === null) return null;
    return { cause: code === 0 ? 'clean-exit' : 'exit', because: 'ended by itself' };
  },
];

/** Gives every death exactly one cause of the closed list, with the evidence it was concluded from. */
export function classifyDeath(evidence: DeathEvidence): DeathClass {
  const { cause, because } = conclude(evidence);
  return { cause, evidence: [because, ...factsOf(evidence)] };
}

/** Whether the monitor or an operator wanted this end; only other deaths count against the server. */
export function isExpected(cause: Cause): boolean {
  return (
    cause === 'session-end' || cause === 'manual' || cause === 'reload' || cause === 'memory-limit'
  );
}

function conclude(evidence: DeathEvidence): Conclusion {
  for (const rule of RULES) {
    const conclusion = rule(evidence);
    if (conclusion !== null) return conclusion;
  }
  const cause = evidence.phase === 'starting' ? 'start-failed' : 'exit';
  return { cause, because: 'nothing is known of its end' };
}

function factsOf(evidence: DeathEvidence): string[] {
  const facts: string[] = [];
  if (evidence.signal !== null) facts.push(`signal ${evidence.signal}`);
  if (evidence.code !== null) facts.push(`exit code ${String(evidence.code)}`);
  facts.push(`phase ${evidence.phase}`);
  return facts;
}
