import type { CrashReport } from '../report/crash-report.ts';
import type { CrashPlace } from './crash-places.ts';

/** Crashes of one cause, of all servers of a fleet. */
export interface FleetCrash {
  /** Equal for crashes of the same cause, whichever server had it. */
  readonly fingerprint: string;
  readonly cause: CrashReport['cause'];
  readonly code: number | null;
  readonly signal: string | null;
  readonly errorLine: string;
  /** ISO time of the first. */
  readonly at: string;
  /** ISO time of the last. */
  readonly lastAt: string;
  readonly evidence: readonly string[];
  /** What the first server wrote last. */
  readonly lastWords: readonly string[];
  readonly where: readonly CrashPlace[];
}
