import type { Transition, TransitionTable } from '../util/state-machine.ts';

/** One wanted server: at most two processes are alive for it. */
export type SlotState =
  | 'idle'
  | 'starting'
  | 'running'
  | 'restarting'
  | 'reloading'
  | 'retiring'
  | 'backingOff'
  | 'broken'
  | 'stopping'
  | 'stopped';

/** What a death means is decided before the table is asked, so the table stays flat. */
export type SlotEvent =
  | 'startRequested'
  | 'becameReady'
  | 'diedToRestartNow'
  | 'diedToRestartLater'
  | 'diedAndBroke'
  | 'diedForGood'
  | 'diedToPromote'
  | 'retryElapsed'
  | 'restartRequested'
  | 'reloadRequested'
  | 'successorReady'
  | 'successorDied'
  | 'predecessorGone'
  | 'stopRequested'
  | 'allGone';

export type SlotEffect =
  | 'fork'
  | 'forkSuccessor'
  | 'promote'
  | 'adoptSuccessor'
  | 'discardSuccessor'
  | 'forkSpare'
  | 'promoteSpare'
  | 'discardSpare'
  | 'rollBack'
  | 'concludeReload'
  | 'stopCurrent'
  | 'stopAll'
  | 'armRetry'
  | 'clearRetry'
  | 'beginTrial'
  | 'closeBreaker'
  | 'end';

const to = (state: SlotState, ...effects: SlotEffect[]): Transition<SlotState, SlotEffect> => ({
  to: state,
  effects,
});

const ignored = 'ignored' as const;
const impossible = 'impossible' as const;

const stop = to('stopping', 'stopAll');
const end = to('stopped', 'end');

/** A spare is kept only while the server runs: one that is started beside a reload would be of yesterday. */
const noSpare = { diedToPromote: impossible } as const;

const noDeath = {
  diedToRestartNow: impossible,
  diedToRestartLater: impossible,
  diedAndBroke: impossible,
  diedForGood: impossible,
  ...noSpare,
} as const;

const noSuccessor = {
  successorReady: impossible,
  successorDied: impossible,
} as const;

export const slotTable = {
  idle: {
    ...noDeath,
    ...noSuccessor,
    startRequested: to('starting', 'fork'),
    becameReady: impossible,
    retryElapsed: impossible,
    restartRequested: to('starting', 'fork'),
    reloadRequested: ignored,
    predecessorGone: impossible,
    stopRequested: end,
    allGone: ignored,
  },
  // A reload may be undecided here: its old process died, and the new one is not ready yet.
  starting: {
    diedToRestartNow: to('starting', 'rollBack', 'fork'),
    diedToRestartLater: to('backingOff', 'rollBack', 'armRetry'),
    diedAndBroke: to('broken', 'rollBack', 'armRetry'),
    diedForGood: to('stopped', 'rollBack', 'end'),
    ...noSpare,
    ...noSuccessor,
    startRequested: ignored,
    becameReady: to('running', 'closeBreaker', 'concludeReload', 'forkSpare'),
    retryElapsed: impossible,
    restartRequested: to('restarting', 'stopCurrent'),
    reloadRequested: ignored,
    predecessorGone: ignored,
    stopRequested: stop,
    allGone: ignored,
  },
  running: {
    // No spare is there, but one may be waiting for its start, which would be beside the point now.
    diedToRestartNow: to('starting', 'discardSpare', 'fork'),
    diedToRestartLater: to('backingOff', 'discardSpare', 'armRetry'),
    diedAndBroke: to('broken', 'discardSpare', 'armRetry'),
    diedForGood: end,
    diedToPromote: to('starting', 'promoteSpare'),
    ...noSuccessor,
    startRequested: ignored,
    becameReady: ignored,
    retryElapsed: impossible,
    restartRequested: to('restarting', 'discardSpare', 'stopCurrent'),
    reloadRequested: to('reloading', 'discardSpare', 'forkSuccessor'),
    predecessorGone: ignored,
    stopRequested: stop,
    allGone: ignored,
  },
  restarting: {
    diedToRestartNow: to('starting', 'fork'),
    diedToRestartLater: to('starting', 'fork'),
    diedAndBroke: to('starting', 'fork'),
    diedForGood: to('starting', 'fork'),
    ...noSpare,
    ...noSuccessor,
    startRequested: ignored,
    becameReady: ignored,
    retryElapsed: impossible,
    restartRequested: to('restarting', 'stopCurrent'),
    reloadRequested: ignored,
    predecessorGone: ignored,
    stopRequested: stop,
    allGone: ignored,
  },
  reloading: {
    diedToRestartNow: to('starting', 'adoptSuccessor'),
    diedToRestartLater: to('starting', 'adoptSuccessor'),
    diedAndBroke: to('starting', 'adoptSuccessor'),
    diedForGood: to('starting', 'adoptSuccessor'),
    ...noSpare,
    successorReady: to('retiring', 'promote'),
    successorDied: to('running', 'rollBack', 'forkSpare'),
    startRequested: ignored,
    becameReady: ignored,
    retryElapsed: impossible,
    restartRequested: to('restarting', 'discardSuccessor', 'stopCurrent'),
    reloadRequested: ignored,
    predecessorGone: ignored,
    stopRequested: stop,
    allGone: ignored,
  },
  retiring: {
    diedToRestartNow: to('starting', 'concludeReload', 'fork'),
    diedToRestartLater: to('backingOff', 'concludeReload', 'armRetry'),
    diedAndBroke: to('broken', 'concludeReload', 'armRetry'),
    diedForGood: to('stopped', 'concludeReload', 'end'),
    ...noSpare,
    ...noSuccessor,
    startRequested: ignored,
    becameReady: ignored,
    retryElapsed: impossible,
    restartRequested: to('restarting', 'concludeReload', 'stopCurrent'),
    reloadRequested: ignored,
    predecessorGone: to('running', 'concludeReload', 'forkSpare'),
    stopRequested: to('stopping', 'concludeReload', 'stopAll'),
    allGone: ignored,
  },
  backingOff: {
    ...noDeath,
    ...noSuccessor,
    startRequested: ignored,
    becameReady: impossible,
    retryElapsed: to('starting', 'fork'),
    restartRequested: to('starting', 'clearRetry', 'fork'),
    reloadRequested: ignored,
    predecessorGone: ignored,
    stopRequested: to('stopping', 'clearRetry', 'stopAll'),
    allGone: ignored,
  },
  broken: {
    ...noDeath,
    ...noSuccessor,
    startRequested: ignored,
    becameReady: impossible,
    retryElapsed: to('starting', 'beginTrial', 'fork'),
    restartRequested: to('starting', 'clearRetry', 'beginTrial', 'fork'),
    reloadRequested: ignored,
    predecessorGone: ignored,
    stopRequested: to('stopping', 'clearRetry', 'stopAll'),
    allGone: ignored,
  },
  stopping: {
    diedToRestartNow: ignored,
    diedToRestartLater: ignored,
    diedAndBroke: ignored,
    diedForGood: ignored,
    diedToPromote: ignored,
    successorReady: ignored,
    successorDied: ignored,
    startRequested: ignored,
    becameReady: ignored,
    retryElapsed: ignored,
    restartRequested: ignored,
    reloadRequested: ignored,
    predecessorGone: ignored,
    stopRequested: to('stopping', 'stopAll'),
    allGone: end,
  },
  stopped: {
    diedToRestartNow: ignored,
    diedToRestartLater: ignored,
    diedAndBroke: ignored,
    diedForGood: ignored,
    diedToPromote: ignored,
    successorReady: ignored,
    successorDied: ignored,
    startRequested: ignored,
    becameReady: ignored,
    retryElapsed: ignored,
    restartRequested: ignored,
    reloadRequested: ignored,
    predecessorGone: ignored,
    stopRequested: ignored,
    allGone: ignored,
  },
} satisfies TransitionTable<SlotState, SlotEvent, SlotEffect>;
