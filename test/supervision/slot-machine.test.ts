import { type SlotEvent, type SlotState, slotTable } from '../../lib/supervision/slot-machine.ts';
import { nextStep } from '../../lib/util/state-machine.ts';

const STATES = [
  'idle',
  'starting',
  'running',
  'restarting',
  'reloading',
  'retiring',
  'backingOff',
  'broken',
  'stopping',
  'stopped',
] as const;

/** In the order of STATES; `-` for nothing, `!` for what cannot happen. A second writing of the table, on purpose. */
const EXPECTED: Record<SlotEvent, readonly string[]> = {
  startRequested: ['starting: fork', '-', '-', '-', '-', '-', '-', '-', '-', '-'],
  becameReady: [
    '!',
    'running: closeBreaker concludeReload forkSpare',
    '-',
    '-',
    '-',
    '-',
    '!',
    '!',
    '-',
    '-',
  ],
  diedToRestartNow: [
    '!',
    'starting: rollBack fork',
    'starting: discardSpare fork',
    'starting: fork',
    'starting: adoptSuccessor',
    'starting: concludeReload fork',
    '!',
    '!',
    '-',
    '-',
  ],
  diedToRestartLater: [
    '!',
    'backingOff: rollBack armRetry',
    'backingOff: discardSpare armRetry',
    'starting: fork',
    'starting: adoptSuccessor',
    'backingOff: concludeReload armRetry',
    '!',
    '!',
    '-',
    '-',
  ],
  diedAndBroke: [
    '!',
    'broken: rollBack armRetry',
    'broken: discardSpare armRetry',
    'starting: fork',
    'starting: adoptSuccessor',
    'broken: concludeReload armRetry',
    '!',
    '!',
    '-',
    '-',
  ],
  diedForGood: [
    '!',
    'stopped: rollBack end',
    'stopped: end',
    'starting: fork',
    'starting: adoptSuccessor',
    'stopped: concludeReload end',
    '!',
    '!',
    '-',
    '-',
  ],
  diedToPromote: ['!', '!', 'starting: promoteSpare', '!', '!', '!', '!', '!', '-', '-'],
  retryElapsed: [
    '!',
    '!',
    '!',
    '!',
    '!',
    '!',
    'starting: fork',
    'starting: beginTrial fork',
    '-',
    '-',
  ],
  restartRequested: [
    'starting: fork',
    'restarting: stopCurrent',
    'restarting: discardSpare stopCurrent',
    'restarting: stopCurrent',
    'restarting: discardSuccessor stopCurrent',
    'restarting: concludeReload stopCurrent',
    'starting: clearRetry fork',
    'starting: clearRetry beginTrial fork',
    '-',
    '-',
  ],
  reloadRequested: [
    '-',
    '-',
    'reloading: discardSpare forkSuccessor',
    '-',
    '-',
    '-',
    '-',
    '-',
    '-',
    '-',
  ],
  successorReady: ['!', '!', '!', '!', 'retiring: promote', '!', '!', '!', '-', '-'],
  successorDied: ['!', '!', '!', '!', 'running: rollBack forkSpare', '!', '!', '!', '-', '-'],
  predecessorGone: [
    '!',
    '-',
    '-',
    '-',
    '-',
    'running: concludeReload forkSpare',
    '-',
    '-',
    '-',
    '-',
  ],
  stopRequested: [
    'stopped: end',
    'stopping: stopAll',
    'stopping: stopAll',
    'stopping: stopAll',
    'stopping: stopAll',
    'stopping: concludeReload stopAll',
    'stopping: clearRetry stopAll',
    'stopping: clearRetry stopAll',
    'stopping: stopAll',
    '-',
  ],
  allGone: ['-', '-', '-', '-', '-', '-', '-', '-', 'stopped: end', '-'],
};

const CELLS = Object.entries(EXPECTED).flatMap(([event, row]) =>
  STATES.map((state, index) => [state, event, row[index]] as [SlotState, SlotEvent, string]),
);

describe('the slot of one wanted server', () => {
  it('has a row for every state and a cell for every event', () => {
    const cells = Object.entries(slotTable).flatMap(([state, row]) =>
      Object.keys(row).map((event) => `${state} ${event}`),
    );
    expect(cells.sort()).toEqual(CELLS.map(([state, event]) => `${state} ${event}`).sort());
  });

  it.each(CELLS)('%s, %s: %s', (state, event, cell) => {
    if (cell === '!') {
      expect(() => nextStep(slotTable, state, event)).toThrow(
        expect.objectContaining({ code: 'ERR_INTERNAL' }),
      );
      return;
    }
    const [to = state, effects = ''] = cell === '-' ? [] : cell.split(': ');
    expect(nextStep(slotTable, state, event)).toEqual({
      state: to,
      effects: effects.split(' ').filter(Boolean),
      changed: to !== state,
    });
  });

  it('forks in no state but those that lead to starting or reloading', () => {
    const forking = CELLS.filter(([, , cell]) => /\bfork(?!Spare)/.test(cell)).map(
      ([, , cell]) => cell.split(':')[0],
    );
    expect(new Set(forking)).toEqual(new Set(['starting', 'reloading']));
  });
});
