import type { JobEventBody } from '../gateway/job-event.ts';
import type { WorkerEventBody } from '../pool/worker-event.ts';

/** What every event carries beside its own fields. */
export interface JobServerStamp {
  /** ISO time. */
  readonly at: string;
  /** Grows by one with every event of the process. */
  readonly seq: number;
}

export type JobServerEventBody =
  JobEventBody | WorkerEventBody | { readonly type: 'events.dropped'; readonly count: number };

/** Something that happened in a process with a gateway, with workers, or with both. */
export type JobServerEvent = JobServerEventBody & JobServerStamp;
