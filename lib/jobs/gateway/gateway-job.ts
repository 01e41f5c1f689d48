import type { Timer } from '../../util/clock.ts';
import type { Mail } from '../broker.ts';
import type { JobState } from '../job-machine.ts';
import type { JobHistory } from './job-history.ts';
import type { HeldNote } from './held-note.ts';

/** A job in the hands of a gateway, from its client's message until its end has been acknowledged. */
export interface GatewayJob {
  readonly clientId: string;
  /** The client's own. */
  readonly id: string;
  /** `clientId/id`. */
  readonly jobId: string;
  readonly name: string;
  readonly correlationId: string;
  readonly deadline: number | null;
  readonly history: JobHistory;
  state: JobState;
  attempt: number;
  /** Ends it at its deadline. */
  timer: Pick<Timer, 'cancel'> | null;
  /** When its queue was first seen without workers; monotonic, null: it has some, or nobody looks. */
  lonelySince: number | null;
  /** Resolves when the broker has said whether it keeps the job. */
  published: Promise<unknown>;
  /** Tells the next gateway that the job is open. */
  note: HeldNote | null;
  /** Letters about it that are kept until its client has acknowledged its end. */
  readonly mails: Mail[];
  /** Another gateway has it now. */
  isMoved: boolean;
}

/** The end of a job as it is told to its client. */
export type JobOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

export function hasEnded({ state }: Pick<GatewayJob, 'state'>): boolean {
  return ENDS.has(state);
}

const ENDS: ReadonlySet<JobState> = new Set([
  'done',
  'failed',
  'cancelled',
  'expired',
  'timedOut',
  'rejected',
  'quarantined',
  'refused',
]);
