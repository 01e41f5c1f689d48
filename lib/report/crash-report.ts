import type { Cause, Phase } from '../supervision/cause.ts';

/**
 * Everything known about one death: what `vigil crashes show ID --json` prints, what the store keeps, and what the mail is made of.
 * Values are plain JSON. What is not known is null or empty, never left out.
 */
export interface CrashReport {
  /** Sortable by time, unique. */
  readonly id: string;
  /** ISO time of the death. */
  readonly at: string;
  readonly cause: Cause;
  readonly phase: Phase;
  /** One sentence each: what led to the cause. */
  readonly evidence: readonly string[];
  readonly error: ReportedError | null;
  /** The first frame of the stack inside the project, with the code around it. */
  readonly sourceFrame: SourceFrame | null;
  /** Equal for deaths that are the same defect. */
  readonly fingerprint: string;
  /** How many reports with this fingerprint there have been, this one included. */
  readonly occurrences: number;
  readonly generation: number;
  readonly pid: number | null;
  readonly code: number | null;
  readonly signal: string | null;
  /** Milliseconds from fork to death. */
  readonly uptimeMs: number | null;
  /** Restarts of the session before this death. */
  readonly restarts: number;
  readonly nextAction: NextAction;
  /** The oldest first, at most 100. */
  readonly requestsInFlight: readonly RequestInFlight[];
  /** How many requests were in flight beside those. */
  readonly moreRequests: number;
  readonly suspect: Suspect | null;
  /** Set when the suspect is answered 503 from now on. */
  readonly quarantined: Quarantined | null;
  /** Stack of a hung loop, when one could be taken. */
  readonly hangStack: string | null;
  /** The last lines the process wrote, oldest first. */
  readonly outputTail: readonly string[];
  /** The last sample of the process's memory. */
  readonly memory: MemorySample | null;
  readonly loopLagMs: number | null;
  readonly changedSinceStable: readonly string[];
  readonly environment: ReportedEnvironment;
  /** Paths of what was kept beside the report. */
  readonly files: ReportedFiles;
}

export interface ReportedError {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  readonly stack: string | null;
  /** The causes, outermost first, without the error itself. */
  readonly causeChain: readonly ReportedCause[];
}

export interface ReportedCause {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  readonly stack: string | null;
}

export interface SourceFrame {
  /** Relative to the project where the file lies inside it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string | null;
  /** The code around the line; empty when the file cannot be read. */
  readonly lines: readonly SourceLine[];
}

export interface SourceLine {
  readonly line: number;
  readonly text: string;
}

/**
 * What happens after the death: `restart` a new process after `delayMs` · `replace` a successor runs already ·
 * `keep` it was a successor, and the process before it stays · `retryLater` the breaker is open, one trial start after `delayMs` · `end` the session ends.
 */
export interface NextAction {
  readonly kind: 'restart' | 'replace' | 'keep' | 'retryLater' | 'end';
  readonly delayMs: number | null;
}

export interface RequestInFlight {
  readonly method: string;
  /** Without its query string. */
  readonly path: string;
  readonly ageMs: number;
  /** Its handler had not returned: what blocked or ended the process happened in it. */
  readonly running?: true;
}

/** A route that was in flight in `hits` of the last `of` deaths. */
export interface Suspect {
  readonly route: string;
  readonly hits: number;
  readonly of: number;
}

export interface Quarantined {
  readonly route: string;
  readonly forMs: number;
}

export interface MemorySample {
  readonly rssBytes: number;
  readonly heapUsedBytes?: number;
  /** What the JavaScript heap may grow to. */
  readonly heapLimitBytes?: number;
  readonly heapTotalBytes?: number;
  readonly externalBytes?: number;
}

export interface ReportedEnvironment {
  readonly node: string;
  readonly platform: string;
  readonly gitCommit: string | null;
  /** Names only; values never leave the process. */
  readonly variableNames: readonly string[];
}

export interface ReportedFiles {
  readonly diagnosticReport?: string;
  readonly heapSnapshot?: string;
}
