import type { BrokerState } from '../broker.ts';
import type { WorkerView } from '../pool/worker-pool.ts';

/** What the page of a gateway shows. */
export interface JobsOverview {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly broker: BrokerState;
  readonly figures: {
    readonly clients: number;
    readonly sessions: number;
    readonly open: number;
    readonly kept: number;
    readonly accepted: number;
    readonly ended: number;
    readonly refused: number;
  };
  readonly queues: readonly SeenQueue[];
  /** Null: they are elsewhere. */
  readonly workers: readonly WorkerView[] | null;
  /** Those with the most open jobs. */
  readonly clients: readonly { readonly client: string; readonly open: number }[];
  readonly dead: {
    /** Null while it is not known. */
    readonly count: number | null;
    /** There are at least so many. */
    readonly isMore: boolean;
    /** The newest first. */
    readonly last: readonly SeenDeadLetter[];
  };
}

/** The jobs of one name. Null: the broker has no such queue, or does not answer. */
export interface SeenQueue {
  readonly name: string;
  readonly ready: number | null;
  /** Of the clients of this gateway. */
  readonly running: number;
  readonly consumers: number | null;
  readonly dead: number;
}

export interface SeenDeadLetter {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly diedAt: number;
}

/** The processes of workers beside a gateway. */
export interface PoolView {
  readonly workers: readonly WorkerView[];
  /** Of the jobs that they do. */
  readonly names: readonly string[];
}
