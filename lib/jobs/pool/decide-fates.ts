import type { HeldAtDeath, JobFate } from './worker-event.ts';

/** A job that a process had when it died. */
export interface HeldFact {
  readonly id: string;
  readonly attempt: number;
  /** It was called off, or its deadline had passed, and its handler did not end. */
  readonly isOverdue: boolean;
}

export interface DeathFact {
  /** Somebody wanted the process to end. */
  readonly expected: boolean;
  /** Jobs whose code is known to have ended it. */
  readonly culprits: ReadonlySet<string>;
  readonly maxAttempts: number;
}

/**
 * What becomes of each job of a dead process.
 *
 * A job is to blame when its code is known to have ended the process, or when it was alone there. Where it cannot be
 * told which one it was, all of them come again, none is counted for it, and each is run alone the next time.
 */
export function decideFates(held: readonly HeldFact[], death: DeathFact): HeldAtDeath[] {
  const running = held.filter(({ isOverdue }) => !isOverdue);
  const isKnown = running.some(({ id }) => death.culprits.has(id));
  const isToBlame = ({ id }: HeldFact): boolean =>
    isKnown ? death.culprits.has(id) : running.length === 1;
  const decide = (job: HeldFact): JobFate => {
    if (job.isOverdue) return 'ended';
    if (death.expected) return 'returned';
    if (isToBlame(job)) return job.attempt >= death.maxAttempts ? 'quarantined' : 'retried';
    return isKnown ? 'returned' : 'suspected';
  };
  return held.map((job) => ({ id: job.id, attempt: job.attempt, fate: decide(job) }));
}
