import {
  type ServerSignal,
  type ServerState,
  serverTable,
} from '../../lib/fleet/master/server-machine.ts';
import { nextStep } from '../../lib/util/state-machine.ts';

const STATES = [
  'down',
  'starting',
  'registered',
  'ready',
  'hung',
  'stopping',
  'waiting',
  'broken',
] as const satisfies readonly ServerState[];

/** In the order of STATES; `-` for nothing, `!` for what cannot happen. A second writing of the table, on purpose. */
const EXPECTED: Record<ServerSignal, readonly string[]> = {
  started: ['starting: record', '!', '!', '!', '!', '!', 'starting: record', 'starting: record'],
  registered: ['-', 'registered: ', '-', '-', '-', '-', '-', '-'],
  recorded: ['-', 'ready: record welcome', 'ready: record welcome', '-', '-', '-', '-', '-'],
  fellSilent: ['!', '!', '!', 'hung: ', '!', '!', '!', '!'],
  wasAsked: [
    '-',
    ...['stopping: record', 'stopping: record', 'stopping: record'],
    ...['-', '-', '-', '-'],
  ],
  ended: [
    '-',
    ...['down: record', 'down: record', 'down: record', 'down: record', 'down: record'],
    ...['-', '-'],
  ],
  scheduled: ['waiting: ', '!', '!', '!', '!', '!', '-', '-'],
  broke: ['broken: ', '!', '!', '!', '!', '!', '!', '-'],
  cancelled: ['-', '-', '-', '-', '-', '-', 'down: ', 'down: '],
};

const CELLS = Object.entries(EXPECTED).flatMap(([signal, row]) =>
  STATES.map((state, at) => [state, signal as ServerSignal, row[at] ?? 'missing'] as const),
);

describe('the published states of a server of a fleet', () => {
  it.each(CELLS)('%s, %s: %s', (state, signal, cell) => {
    if (cell === '!') {
      expect(() => nextStep(serverTable, state, signal)).toThrow(
        expect.objectContaining({ code: 'ERR_INTERNAL' }),
      );
      return;
    }
    const [to = state, effects = ''] = cell === '-' ? [] : cell.split(': ');
    expect(nextStep(serverTable, state, signal)).toEqual({
      state: to,
      effects: effects.split(' ').filter(Boolean),
      changed: to !== state,
    });
  });
});
