import type { CrashReport } from '../report/crash-report.ts';
import type { FleetCrash } from './fleet-crash.ts';
import type { MessageKind } from './message.ts';
import type { HeldCrashes } from './throttle.ts';

/** Something people are to be told of. */
export type Notice =
  | { readonly kind: 'crash'; readonly report: CrashReport }
  | { readonly kind: 'fleetCrash'; readonly crash: FleetCrash }
  | { readonly kind: 'digest'; readonly digest: Digest }
  | { readonly kind: 'sessionKey'; readonly key: string }
  | { readonly kind: 'gaveUp'; readonly facts: GaveUpFacts }
  | { readonly kind: 'recovered'; readonly facts: RecoveredFacts }
  | { readonly kind: 'test' };

/** What the message about it is about. */
export function messageKindOf({ kind }: Pick<Notice, 'kind'>): MessageKind {
  return kind === 'fleetCrash' ? 'crash' : kind;
}

/** Who writes: the session and the machine it runs on. */
export interface NoticeSender {
  readonly name: string;
  readonly host: string;
}

/** Crashes beyond those that were told one by one. */
export interface Digest {
  readonly told: readonly HeldCrashes[];
  /** Crashes of which only the number is known: there were too many kinds. */
  readonly forgotten: number;
}

/** Why Vigil stopped restarting a server. */
export interface GaveUpFacts {
  /** ISO time. */
  readonly at: string;
  readonly cause: CrashReport['cause'];
  /** Failures since the server last ran. */
  readonly failures: number;
  /** The next trial start; null when there is none because the session ends. */
  readonly nextTrialMs: number | null;
  /** Id of the last crash's report. */
  readonly reportId: string | null;
  /** First line of the last error. */
  readonly errorLine: string | null;
}

/** That a server Vigil had given up is back. */
export interface RecoveredFacts {
  /** ISO time. */
  readonly at: string;
  /** How long nothing was served. */
  readonly downMs: number;
  readonly pid: number | null;
}
