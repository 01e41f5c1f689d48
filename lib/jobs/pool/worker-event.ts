import type { Cause, Phase } from '../../supervision/cause.ts';

/**
 * What became of a job whose worker died: `ended` as it was called off or overdue · `returned` to its queue, as it was
 * not to blame · `suspected`: it may have been to blame, and is run alone next time · `retried`: it was to blame, and
 * counts a failed attempt · `quarantined`: that was its last.
 */
export type JobFate = 'ended' | 'returned' | 'suspected' | 'retried' | 'quarantined';

export interface HeldAtDeath {
  readonly id: string;
  readonly attempt: number;
  readonly fate: JobFate;
}

/** What every event of a worker carries. */
export interface OfWorker<Type extends string> {
  readonly type: Type;
  /** `w1`, `w2` …; `alone-1` … run those that are suspected, one at a time. */
  readonly worker: string;
  /** Of its process, from 1. */
  readonly generation: number;
  readonly pid: number | null;
}

/** What happens to the processes of workers, without its stamp. */
export type WorkerEventBody =
  | OfWorker<'worker.forked'>
  | (OfWorker<'worker.ready'> & {
      readonly names: readonly string[];
      readonly concurrency: number;
      readonly startMs: number;
    })
  | (OfWorker<'worker.exited'> & {
      readonly code: number | null;
      readonly signal: string | null;
      readonly cause: Cause;
      readonly expected: boolean;
      readonly phase: Phase;
      readonly uptimeMs: number;
      readonly evidence: readonly string[];
      /** Jobs it had not finished. */
      readonly jobs: readonly HeldAtDeath[];
    })
  | (OfWorker<'hang.detected'> & { readonly silenceMs: number })
  | (OfWorker<'restart.scheduled'> & { readonly delayMs: number; readonly attempt: number })
  | (OfWorker<'breaker.opened'> & { readonly retryInMs: number | null })
  | OfWorker<'breaker.halfOpened'>
  | OfWorker<'breaker.closed'>;
