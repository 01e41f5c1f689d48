import type { Cause } from './cause.ts';
import type { DeathEvidence } from './death-evidence.ts';
import { describeEvidence } from './describe-evidence.ts';
import { endsByFault, signalOfCode } from './exit-meaning.ts';

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
  ({ lastWords, ...end }) => {
    // A process that the server has started may have said it too, over the same standard error.
    if (!endsByFault(end)) return null;
    const line = lastWords.find((word) => HEAP_EXHAUSTED.test(word));
    return line === undefined ? null : { cause: 'oom-heap', because: line };
  },
  ({ fatalReport }) =>
    fatalReport?.trigger === 'OOMError'
      ? { cause: 'oom-heap', because: `V8 gave up: ${fatalReport.event}` }
      : null,
  ({ signal, code, oomKillCounted }) => {
    if ((signal ?? signalOfCode(code)) !== 'SIGKILL' || !oomKillCounted) return null;
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
  ({ signal, ...rest }) => {
    if (signal === null) return null;
    const because = endsByFault({ signal, ...rest })
      ? 'ended by a fault in native code, or by somebody who sent the signal of one'
      : 'ended by a signal from outside';
    return { cause: 'signal', because };
  },
  ({ code }) => {
    if (code === null) return null;
    return { cause: code === 0 ? 'clean-exit' : 'exit', because: 'ended by itself' };
  },
];

/** Gives every death exactly one cause of the closed list, with the evidence it was concluded from. */
export function classifyDeath(evidence: DeathEvidence): DeathClass {
  const { cause, because } = conclude(evidence);
  return { cause, evidence: [because, ...describeEvidence(evidence)] };
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
