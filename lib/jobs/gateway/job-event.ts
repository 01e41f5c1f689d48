import type { JobState } from '../job-machine.ts';

/** What every event carries beside its own fields. */
export interface JobEventStamp {
  /** ISO time. */
  readonly at: string;
  /** Grows by one with every event of the gateway. */
  readonly seq: number;
}

/** The state of a job, as it has become. */
export interface JobStateBody {
  readonly type: `job.${JobState}`;
  /** `clientId/id`. */
  readonly job: string;
  readonly name: string;
  /** 0 until a worker has begun. */
  readonly attempt: number;
  /** Of an end that is no success. */
  readonly code?: string;
}

export type JobEventBody =
  | JobStateBody
  | { readonly type: 'gateway.started'; readonly id: string; readonly url: string }
  | { readonly type: 'gateway.ended'; readonly id: string }
  | { readonly type: 'broker.changed'; readonly state: string }
  | { readonly type: 'client.joined'; readonly client: string; readonly address: string }
  | { readonly type: 'client.resumed'; readonly client: string; readonly open: number }
  | { readonly type: 'client.left'; readonly client: string; readonly code: number }
  | { readonly type: 'client.dropped'; readonly client: string; readonly reason: string };

/** Something that happened in a gateway. */
export type JobEvent = JobEventBody & JobEventStamp;
