import { codeOfEnd, type JobSignal, type JobState, jobTable } from '../../lib/jobs/job-machine.ts';
import { nextStep } from '../../lib/util/state-machine.ts';

/** What each signal leads to in each state, written down a second time on purpose: `-` for nothing, `!` for what cannot happen. */
const EXPECTED = {
  publishing: {
    succeeded: 'done: sendAccepted sendResult',
    failed: 'failed: sendAccepted sendResult',
    diedExpired: 'expired: sendAccepted sendResult',
    diedRejected: 'rejected: sendAccepted sendResult',
    diedLost: 'quarantined: sendAccepted sendResult',
    confirmed: 'queued: sendAccepted',
    refused: 'refused: sendRefusal',
    started: 'running: sendAccepted',
    cancelAsked: 'withdrawing: ',
    removed: '!',
    toldWorkers: '!',
    workerCancelled: 'cancelled: sendAccepted sendCancelled',
    deadlinePassed: 'expired: callOff sendResult',
  },
  withdrawing: {
    succeeded: 'done: sendAccepted sendResult',
    failed: 'failed: sendAccepted sendResult',
    diedExpired: 'expired: sendAccepted sendResult',
    diedRejected: 'rejected: sendAccepted sendResult',
    diedLost: 'quarantined: sendAccepted sendResult',
    confirmed: 'cancelling: sendAccepted callOff',
    refused: 'refused: sendRefusal',
    started: 'stopping: sendAccepted callOff',
    cancelAsked: '-',
    removed: '!',
    toldWorkers: '!',
    workerCancelled: 'cancelled: sendAccepted sendCancelled',
    deadlinePassed: 'expired: callOff sendResult',
  },
  queued: {
    succeeded: 'done: sendResult',
    failed: 'failed: sendResult',
    diedExpired: 'expired: sendResult',
    diedRejected: 'rejected: sendResult',
    diedLost: 'quarantined: sendResult',
    confirmed: '-',
    refused: '-',
    started: 'running: ',
    cancelAsked: 'cancelling: callOff',
    removed: '!',
    toldWorkers: '!',
    workerCancelled: 'cancelled: sendCancelled',
    deadlinePassed: 'expired: callOff sendResult',
  },
  cancelling: {
    succeeded: 'done: sendResult',
    failed: 'failed: sendResult',
    diedExpired: 'expired: sendResult',
    diedRejected: 'rejected: sendResult',
    diedLost: 'quarantined: sendResult',
    confirmed: '-',
    refused: '-',
    started: 'stopping: ',
    cancelAsked: '-',
    removed: 'cancelled: sendCancelled',
    toldWorkers: 'cancelled: sendCancelled',
    workerCancelled: 'cancelled: sendCancelled',
    deadlinePassed: 'cancelled: sendCancelled',
  },
  running: {
    succeeded: 'done: sendResult',
    failed: 'failed: sendResult',
    diedExpired: 'expired: sendResult',
    diedRejected: 'rejected: sendResult',
    diedLost: 'quarantined: sendResult',
    confirmed: '-',
    refused: '-',
    started: 'running: ',
    cancelAsked: 'stopping: callOff',
    removed: '!',
    toldWorkers: '!',
    workerCancelled: 'cancelled: sendCancelled',
    deadlinePassed: 'timedOut: callOff sendResult',
  },
  stopping: {
    succeeded: 'done: sendResult',
    failed: 'failed: sendResult',
    diedExpired: 'expired: sendResult',
    diedRejected: 'rejected: sendResult',
    diedLost: 'quarantined: sendResult',
    confirmed: '-',
    refused: '-',
    started: '-',
    cancelAsked: '-',
    removed: 'cancelled: sendCancelled',
    toldWorkers: '-',
    workerCancelled: 'cancelled: sendCancelled',
    deadlinePassed: 'cancelled: sendCancelled',
  },
} as const;

const CELLS = Object.entries(EXPECTED).flatMap(([state, row]) =>
  Object.entries(row).map(
    ([signal, cell]) => [state, signal, cell] as [JobState, JobSignal, string],
  ),
);

const ENDS: readonly (readonly [JobState, string | null])[] = [
  ['done', null],
  ['failed', null],
  ['cancelled', null],
  ['refused', null],
  ['expired', 'expired'],
  ['timedOut', 'timeout'],
  ['rejected', 'rejected'],
  ['quarantined', 'worker_lost'],
];

describe('the states of a job', () => {
  it.each(CELLS)('%s, %s: %s', (state, signal, cell) => {
    if (cell === '!') {
      expect(() => nextStep(jobTable, state, signal)).toThrow(
        expect.objectContaining({ code: 'ERR_INTERNAL' }),
      );
      return;
    }
    const [to = state, effects = ''] = cell === '-' ? [] : cell.split(': ');
    expect(nextStep(jobTable, state, signal)).toEqual({
      state: to,
      effects: effects.split(' ').filter(Boolean),
      changed: to !== state,
    });
  });

  it.each(ENDS)('%s is an end that nothing changes, with the code %s', (state, code) => {
    for (const signal of Object.keys(EXPECTED.queued) as JobSignal[])
      expect(nextStep(jobTable, state, signal)).toEqual({ state, effects: [], changed: false });
    expect(codeOfEnd(state)).toBe(code);
  });

  it('are these, and no others', () => {
    const living = Object.keys(EXPECTED);
    expect(Object.keys(jobTable)).toHaveLength(living.length + ENDS.length);
  });
});
