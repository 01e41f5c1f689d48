/** What a client has at the moment. */
export interface ClientLoad {
  /** Whether the client has a job of this id that has not ended, or whose end it has not acknowledged. */
  readonly hasId: boolean;
  /** Its jobs that have not ended. */
  readonly open: number;
  /** Its results that wait to be acknowledged. */
  readonly kept: number;
  readonly maxJobs: number;
}

/** Why a job of a client is not taken; null: it is. A client that acknowledges nothing comes to its bound as well. */
export function decideAdmission(load: ClientLoad): 'duplicate_id' | 'too_many_jobs' | null {
  if (load.hasId) return 'duplicate_id';
  return load.open + load.kept >= load.maxJobs ? 'too_many_jobs' : null;
}
