/** What a client has at the moment. */
export interface ClientLoad {
  /** Whether the client has a job of this id that has not ended. */
  readonly hasId: boolean;
  /** Its jobs that have not ended. */
  readonly open: number;
  /** Its results that wait to be acknowledged. */
  readonly kept: number;
  readonly maxJobs: number;
}

/** A client that acknowledges nothing comes to a bound as well, but may have done much before. */
const KEPT_FOR_EACH_OPEN = 20;

/** Why a job of a client is not taken; null: it is. */
export function decideAdmission(load: ClientLoad): 'duplicate_id' | 'too_many_jobs' | null {
  if (load.hasId) return 'duplicate_id';
  const isFull = load.open >= load.maxJobs || load.kept >= load.maxJobs * KEPT_FOR_EACH_OPEN;
  return isFull ? 'too_many_jobs' : null;
}
