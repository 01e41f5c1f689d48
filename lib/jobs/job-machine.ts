import type { Transition, TransitionTable } from '../util/state-machine.ts';

/** Where a job is in the eyes of its gateway, as it is published. */
export type JobState =
  | 'publishing'
  | 'withdrawing'
  | 'queued'
  | 'cancelling'
  | 'running'
  | 'stopping'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'expired'
  | 'timedOut'
  | 'rejected'
  | 'quarantined'
  | 'refused';

export type JobSignal =
  /** The broker keeps it. */
  | 'confirmed'
  /** The broker does not take it, or cannot be reached. */
  | 'refused'
  /** A worker has begun. */
  | 'started'
  | 'succeeded'
  | 'failed'
  /** Its client wants it no more. */
  | 'cancelAsked'
  /** The broker had it still, and has it no more. */
  | 'removed'
  /** The broker could only tell the workers. */
  | 'toldWorkers'
  /** The worker has ended it because it was cancelled. */
  | 'workerCancelled'
  /** By the gateway's own clock. */
  | 'deadlinePassed'
  | 'diedExpired'
  | 'diedRejected'
  | 'diedLost';

/**
 * `sendAccepted` · `callOff`: the broker is asked to cancel it · `sendResult`: of whatever kind, a failure's code goes
 * by the new state · `sendCancelled` · `sendRefusal`: an `error` message, as it never was accepted.
 */
export type JobEffect = 'sendAccepted' | 'callOff' | 'sendResult' | 'sendCancelled' | 'sendRefusal';

const to = (state: JobState, ...effects: JobEffect[]): Transition<JobState, JobEffect> => ({
  to: state,
  effects,
});

const ignored = 'ignored' as const;
const impossible = 'impossible' as const;

// What comes late, twice, or of a run before the last one changes nothing: a job has one end.
const ended = {
  confirmed: ignored,
  refused: ignored,
  started: ignored,
  succeeded: ignored,
  failed: ignored,
  cancelAsked: ignored,
  removed: ignored,
  toldWorkers: ignored,
  workerCancelled: ignored,
  deadlinePassed: ignored,
  diedExpired: ignored,
  diedRejected: ignored,
  diedLost: ignored,
} as const;

/** What a worker or the broker may say of a job that is in the broker's hands. */
const outcomes = {
  succeeded: to('done', 'sendResult'),
  failed: to('failed', 'sendResult'),
  diedExpired: to('expired', 'sendResult'),
  diedRejected: to('rejected', 'sendResult'),
  diedLost: to('quarantined', 'sendResult'),
} as const;

/** The same before the confirm: it came sooner, and proves as much. */
const earlyOutcomes = {
  succeeded: to('done', 'sendAccepted', 'sendResult'),
  failed: to('failed', 'sendAccepted', 'sendResult'),
  diedExpired: to('expired', 'sendAccepted', 'sendResult'),
  diedRejected: to('rejected', 'sendAccepted', 'sendResult'),
  diedLost: to('quarantined', 'sendAccepted', 'sendResult'),
} as const;

export const jobTable = {
  publishing: {
    ...earlyOutcomes,
    confirmed: to('queued', 'sendAccepted'),
    refused: to('refused', 'sendRefusal'),
    started: to('running', 'sendAccepted'),
    cancelAsked: to('withdrawing'),
    removed: impossible,
    toldWorkers: impossible,
    workerCancelled: to('cancelled', 'sendAccepted', 'sendCancelled'),
    deadlinePassed: to('expired', 'callOff', 'sendResult'),
  },
  // Called off before the broker had it: it can be asked for only once it has.
  withdrawing: {
    ...earlyOutcomes,
    confirmed: to('cancelling', 'sendAccepted', 'callOff'),
    refused: to('refused', 'sendRefusal'),
    started: to('stopping', 'sendAccepted', 'callOff'),
    cancelAsked: ignored,
    removed: impossible,
    toldWorkers: impossible,
    workerCancelled: to('cancelled', 'sendAccepted', 'sendCancelled'),
    deadlinePassed: to('expired', 'callOff', 'sendResult'),
  },
  queued: {
    ...outcomes,
    confirmed: ignored,
    refused: ignored,
    started: to('running'),
    cancelAsked: to('cancelling', 'callOff'),
    removed: impossible,
    toldWorkers: impossible,
    workerCancelled: to('cancelled', 'sendCancelled'),
    deadlinePassed: to('expired', 'callOff', 'sendResult'),
  },
  cancelling: {
    ...outcomes,
    confirmed: ignored,
    refused: ignored,
    started: to('stopping'),
    cancelAsked: ignored,
    removed: to('cancelled', 'sendCancelled'),
    // Nobody has begun it, and whoever gets it will drop it.
    toldWorkers: to('cancelled', 'sendCancelled'),
    workerCancelled: to('cancelled', 'sendCancelled'),
    deadlinePassed: to('cancelled', 'sendCancelled'),
  },
  running: {
    ...outcomes,
    confirmed: ignored,
    refused: ignored,
    // Another worker, after the first one was lost.
    started: to('running'),
    cancelAsked: to('stopping', 'callOff'),
    removed: impossible,
    toldWorkers: impossible,
    workerCancelled: to('cancelled', 'sendCancelled'),
    deadlinePassed: to('timedOut', 'callOff', 'sendResult'),
  },
  // A worker has it, and is made to end it.
  stopping: {
    ...outcomes,
    confirmed: ignored,
    refused: ignored,
    started: ignored,
    cancelAsked: ignored,
    // Its worker was lost, and it was back in its queue.
    removed: to('cancelled', 'sendCancelled'),
    toldWorkers: ignored,
    workerCancelled: to('cancelled', 'sendCancelled'),
    deadlinePassed: to('cancelled', 'sendCancelled'),
  },
  done: ended,
  failed: ended,
  cancelled: ended,
  expired: ended,
  timedOut: ended,
  rejected: ended,
  quarantined: ended,
  refused: ended,
} satisfies TransitionTable<JobState, JobSignal, JobEffect>;

/** The code in the result of a job that ended so; null where the result has its own, or there is none. */
export function codeOfEnd(state: JobState): string | null {
  switch (state) {
    case 'expired':
      return 'expired';
    case 'timedOut':
      return 'timeout';
    case 'rejected':
      return 'rejected';
    case 'quarantined':
      return 'worker_lost';
    default:
      return null;
  }
}
