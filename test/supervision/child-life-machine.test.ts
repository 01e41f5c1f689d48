import {
  childLifeTable,
  type LifeEvent,
  type LifeState,
} from '../../lib/supervision/child-life-machine.ts';
import { nextStep } from '../../lib/util/state-machine.ts';

/**
 * What each event leads to in each state, as the contract has it: `state: effects`, `-` for nothing,
 * `!` for what cannot happen. Written down a second time on purpose: a cell changes in two places or not at all.
 */
const EXPECTED: Record<LifeEvent, Record<LifeState, string>> = {
  stoodBy: {
    starting: 'standby: clearStartup armSilence tellStandby',
    standby: '-',
    ready: '-',
    degraded: '-',
    draining: '-',
    killing: '-',
    exited: '-',
  },
  promoted: {
    starting: '-',
    standby: 'starting: clearDeadlines armStartup',
    ready: '-',
    degraded: '-',
    draining: '-',
    killing: '-',
    exited: '-',
  },
  announcedReady: {
    starting: 'ready: clearStartup armSilence tellReady',
    standby: 'ready: tellReady',
    ready: '-',
    degraded: '-',
    draining: '-',
    killing: '-',
    exited: '-',
  },
  probeSucceeded: {
    starting: '-',
    standby: '-',
    ready: '-',
    degraded: 'ready: tellRecovered',
    draining: '-',
    killing: '-',
    exited: '-',
  },
  probeFailed: {
    starting: '-',
    standby: '-',
    ready: 'degraded: tellDegraded',
    degraded: '-',
    draining: '-',
    killing: '-',
    exited: '-',
  },
  probeFailedBeyondTolerance: {
    starting: '-',
    standby: '-',
    ready: 'killing: noteHealth askToFail armStop',
    degraded: 'killing: noteHealth askToFail armStop',
    draining: '-',
    killing: '-',
    exited: '-',
  },
  startupElapsed: {
    starting: 'killing: noteStartTimeout killTree armKill',
    standby: '!',
    ready: '!',
    degraded: '!',
    draining: '-',
    killing: '-',
    exited: '-',
  },
  silenceElapsed: {
    starting: '!',
    standby: 'killing: noteHang killTree armKill',
    ready: 'killing: noteHang killTree armKill',
    degraded: 'killing: noteHang killTree armKill',
    draining: 'killing: killTree armKill',
    killing: 'killing: killTree armKill',
    exited: '-',
  },
  silenceElapsedGently: {
    starting: '!',
    standby: 'killing: noteHang endTree armKill',
    ready: 'killing: noteHang endTree armKill',
    degraded: 'killing: noteHang endTree armKill',
    draining: 'killing: endTree armKill',
    killing: '-',
    exited: '-',
  },
  stopRequested: {
    starting: 'draining: tellDraining askToStop armStop',
    standby: 'draining: tellDraining askToStop armStop',
    ready: 'draining: tellDraining askToStop armStop',
    degraded: 'draining: tellDraining askToStop armStop',
    draining: '-',
    killing: '-',
    exited: '-',
  },
  killRequested: {
    starting: 'killing: killTree armKill',
    standby: 'killing: killTree armKill',
    ready: 'killing: killTree armKill',
    degraded: 'killing: killTree armKill',
    draining: 'killing: killTree armKill',
    killing: 'killing: killTree armKill',
    exited: '-',
  },
  intentChanged: {
    starting: '-',
    standby: '-',
    ready: '-',
    degraded: '-',
    draining: 'draining: askToStop',
    killing: '-',
    exited: '-',
  },
  stopElapsed: {
    starting: '!',
    standby: '!',
    ready: '!',
    degraded: '!',
    draining: 'killing: endTree armKill',
    killing: 'killing: killTree armKill',
    exited: '-',
  },
  beat: {
    starting: '-',
    standby: 'standby: armSilence',
    ready: 'ready: armSilence',
    degraded: 'degraded: armSilence',
    draining: 'draining: armSilence',
    killing: '-',
    exited: '-',
  },
  deadlineExtended: {
    starting: 'starting: armStartup',
    standby: 'standby: armSilence',
    ready: 'ready: armSilence',
    degraded: 'degraded: armSilence',
    draining: 'draining: armStop',
    killing: 'killing: armStop',
    exited: '-',
  },
  exited: {
    starting: 'exited: clearDeadlines',
    standby: 'exited: clearDeadlines',
    ready: 'exited: clearDeadlines',
    degraded: 'exited: clearDeadlines',
    draining: 'exited: clearDeadlines',
    killing: 'exited: clearDeadlines',
    exited: '-',
  },
};

const CELLS = Object.entries(EXPECTED).flatMap(([event, row]) =>
  Object.entries(row).map(
    ([state, cell]) => [state, event, cell] as [LifeState, LifeEvent, string],
  ),
);

describe('the life of one process', () => {
  it('has a row for every state and a cell for every event', () => {
    const cells = Object.entries(childLifeTable).flatMap(([state, row]) =>
      Object.keys(row).map((event) => `${state} ${event}`),
    );
    expect(cells.sort()).toEqual(CELLS.map(([state, event]) => `${state} ${event}`).sort());
  });

  it.each(CELLS)('%s, %s: %s', (state, event, cell) => {
    if (cell === '!') {
      expect(() => nextStep(childLifeTable, state, event)).toThrow(
        expect.objectContaining({ code: 'ERR_INTERNAL' }),
      );
      return;
    }
    const [to = state, effects = ''] = cell === '-' ? [] : cell.split(': ');
    expect(nextStep(childLifeTable, state, event)).toEqual({
      state: to,
      effects: effects.split(' ').filter(Boolean),
      changed: to !== state,
    });
  });

  it('is over for good once the process has exited', () => {
    expect(new Set(Object.values(childLifeTable.exited))).toEqual(new Set(['ignored']));
  });
});
