import {
  type HostEffect,
  type HostSignal,
  type HostState,
  hostTable,
} from '../../../lib/fleet/hosts/host-machine.ts';
import { nextStep } from '../../../lib/util/state-machine.ts';

type Cell = [HostState, HostEffect[]] | 'ignored' | 'impossible';

const EXPECTED: Record<HostState, Record<HostSignal, Cell>> = {
  unknown: {
    linked: ['up', ['settle']],
    rebooted: ['down', ['bury']],
    lost: 'impossible',
    missed: ['unknown', ['retry']],
    closed: ['closed', ['hangUp']],
  },
  up: {
    linked: 'impossible',
    rebooted: 'impossible',
    lost: ['unknown', ['retry']],
    missed: 'impossible',
    closed: ['closed', ['hangUp']],
  },
  down: {
    linked: ['up', ['settle']],
    rebooted: 'ignored',
    lost: 'impossible',
    missed: ['down', ['retry']],
    closed: ['closed', ['hangUp']],
  },
  closed: {
    linked: 'ignored',
    rebooted: 'ignored',
    lost: 'ignored',
    missed: 'ignored',
    closed: 'ignored',
  },
};

const CELLS = Object.entries(EXPECTED).flatMap(([state, row]) =>
  Object.entries(row).map(([signal, cell]) => ({
    state: state as HostState,
    signal: signal as HostSignal,
    cell,
  })),
);

describe('the table of a host', () => {
  it.each(CELLS)('in $state on $signal: $cell', ({ state, signal, cell }) => {
    const step = (): unknown => nextStep(hostTable, state, signal);
    if (cell === 'impossible') expect(step).toThrow(`"${signal}" cannot happen`);
    else if (cell === 'ignored') expect(step()).toEqual({ state, effects: [], changed: false });
    else expect(step()).toEqual({ state: cell[0], effects: cell[1], changed: cell[0] !== state });
  });

  it('is down by its own word alone', () => {
    const ways = CELLS.filter(({ state, cell }) => state !== 'down' && cell[0] === 'down');
    expect(ways.map(({ state, signal }) => [state, signal])).toEqual([['unknown', 'rebooted']]);
  });
});
