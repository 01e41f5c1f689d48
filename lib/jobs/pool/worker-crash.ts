import type { ErrorLike } from '../../ipc/error-like.ts';
import type { Death } from '../../process/child-events.ts';
import type { Cause } from '../../supervision/cause.ts';

/** How a worker ended while it had a job: what is kept with a dead letter of the code `worker_lost`. */
export interface WorkerCrash {
  /** ISO time. */
  readonly at: string;
  readonly worker: string;
  readonly pid: number | null;
  readonly cause: Cause;
  readonly evidence: readonly string[];
  readonly code: number | null;
  readonly signal: string | null;
  readonly uptimeMs: number;
  /** What was thrown and not caught. */
  readonly error: { readonly name: string; readonly message: string } | null;
  /** Of that error, else what a blocked event loop was in. */
  readonly stack: string | null;
  /** The last lines it wrote, the oldest first. */
  readonly outputTail: readonly string[];
}

export interface CrashFacts {
  readonly at: string;
  readonly worker: string;
  readonly death: Death;
  readonly error: ErrorLike | null;
  readonly hangStack: string | null;
  readonly outputTail: readonly string[];
  /** Takes secrets out of a text. */
  readonly mask: (text: string) => string;
}

const LONGEST_LINE = 500;
const LONGEST_STACK = 8000;

/** Bounded, so that a dead letter is, and without secrets: it is kept where others read it. */
export function describeCrash(facts: CrashFacts): WorkerCrash {
  const { death, error, hangStack, outputTail, at, worker, mask } = facts;
  const { pid, cause, evidence, code, signal, uptimeMs } = death;
  const stack = error?.stack ?? hangStack;
  // Cut after it was masked: half a secret is not recognised.
  const shorten = (text: string, longest = LONGEST_LINE): string => mask(text).slice(0, longest);
  return {
    at,
    worker,
    pid,
    cause,
    evidence: evidence.map((line) => shorten(line)),
    code,
    signal,
    uptimeMs: Math.round(uptimeMs),
    error: error === null ? null : { name: error.name, message: shorten(error.message) },
    stack: typeof stack === 'string' ? shorten(stack, LONGEST_STACK) : null,
    outputTail: outputTail.map((line) => shorten(line)),
  };
}
