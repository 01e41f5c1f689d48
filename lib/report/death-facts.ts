import type { Cause, Phase } from '../supervision/cause.ts';
import type {
  MemorySample,
  NextAction,
  ReportedEnvironment,
  ReportedFiles,
  RequestInFlight,
  Suspect,
} from './crash-report.ts';

/** What is known at the moment of a death, gathered by the monitor. Text is raw: masking and cutting happen in the report. */
export interface DeathFacts {
  /** ISO time. */
  readonly at: string;
  readonly cause: Cause;
  readonly phase: Phase;
  readonly evidence: readonly string[];
  /** As it came from the process; the stack is source-mapped there. */
  readonly error: ErrorFacts | null;
  readonly code: number | null;
  readonly signal: string | null;
  readonly pid: number | null;
  readonly generation: number;
  readonly uptimeMs: number | null;
  readonly restarts: number;
  readonly nextAction: NextAction;
  /** Oldest line first. */
  readonly outputTail: readonly string[];
  readonly memory: MemorySample | null;
  readonly loopLagMs: number | null;
  readonly environment: ReportedEnvironment;
  /** The oldest first. */
  readonly requestsInFlight?: readonly RequestInFlight[];
  readonly moreRequests?: number;
  readonly suspect?: Suspect | null;
  readonly hangStack?: string | null;
  readonly changedSinceStable?: readonly string[];
  readonly files?: ReportedFiles;
}

/** An error as plain data. It has crossed a process boundary, so no field is trusted to have its type. */
export interface ErrorFacts {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  /** What an AggregateError is made of. */
  readonly errors?: unknown;
}

/** What a report needs besides the facts. */
export interface ReportContext {
  /** Absolute, symbolic links resolved. */
  readonly projectDirectory: string;
  /** Content of a source file; null when it cannot be had. */
  readonly readSource: (file: string) => string | null;
  /** Hides secrets; applied before anything is cut, so that no half of a secret stays. */
  readonly mask: (text: string) => string;
  /** Default: made from `at` and random digits. */
  readonly id?: string;
}
