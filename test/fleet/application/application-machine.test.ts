import {
  type ApplicationSignal,
  type ApplicationState,
  applicationTable,
  STATE_NUMBERS,
} from '../../../lib/fleet/application/application-machine.ts';
import { nextStep } from '../../../lib/util/state-machine.ts';

/** What each signal leads to in each state, written down a second time on purpose: `-` for nothing, `!` for what cannot happen. */
const EXPECTED = {
  inited: {
    startAsked: 'beforeStartup: runBeforeStartup',
    phaseEnded: '!',
    phaseFailed: '!',
    stopAsked: 'stopping: runShutdown',
    shutDown: '!',
  },
  beforeStartup: {
    startAsked: 'beforeStartup: refuseStart',
    phaseEnded: 'beforeStart: runBeforeStart',
    phaseFailed: 'failing: rollBack',
    stopAsked: 'stopping: abandonPhase runShutdown',
    shutDown: '!',
  },
  beforeStart: {
    startAsked: 'beforeStart: refuseStart',
    phaseEnded: 'start: runStart',
    phaseFailed: 'failing: rollBack',
    stopAsked: 'stopping: abandonPhase runShutdown',
    shutDown: '!',
  },
  start: {
    startAsked: 'start: refuseStart',
    phaseEnded: 'afterStart: runAfterStart',
    phaseFailed: 'failing: rollBack',
    stopAsked: 'stopping: abandonPhase runShutdown',
    shutDown: '!',
  },
  afterStart: {
    startAsked: 'afterStart: refuseStart',
    phaseEnded: 'afterStartup: runAfterStartup',
    phaseFailed: 'failing: rollBack',
    stopAsked: 'stopping: abandonPhase runShutdown',
    shutDown: '!',
  },
  afterStartup: {
    startAsked: 'afterStartup: refuseStart',
    phaseEnded: 'started: announce',
    phaseFailed: 'failing: rollBack',
    stopAsked: 'stopping: abandonPhase runShutdown',
    shutDown: '!',
  },
  started: {
    startAsked: 'started: refuseStart',
    phaseEnded: '!',
    phaseFailed: '!',
    stopAsked: 'stopping: runShutdown',
    shutDown: '!',
  },
  failing: {
    startAsked: 'failing: refuseStart',
    phaseEnded: '!',
    phaseFailed: '!',
    stopAsked: '-',
    shutDown: 'stopped: end',
  },
  stopping: {
    startAsked: 'stopping: refuseStart',
    phaseEnded: '-',
    phaseFailed: '-',
    stopAsked: '-',
    shutDown: 'stopped: end',
  },
  stopped: {
    startAsked: 'stopped: refuseStart',
    phaseEnded: '-',
    phaseFailed: '-',
    stopAsked: '-',
    shutDown: '!',
  },
} satisfies Record<ApplicationState, Record<ApplicationSignal, string>>;

function describeStep(state: ApplicationState, signal: ApplicationSignal): string {
  const transition = applicationTable[state][signal];
  if (transition === 'ignored') return '-';
  if (transition === 'impossible') return '!';
  return `${transition.to}: ${transition.effects.join(' ')}`;
}

const cells = Object.entries(EXPECTED).flatMap(([state, row]) =>
  Object.entries(row).map(
    ([signal, expected]) =>
      [state as ApplicationState, signal as ApplicationSignal, expected] as const,
  ),
);

describe('applicationTable', () => {
  it.each(cells)('in %s, %s leads to "%s"', (state, signal, expected) => {
    expect(describeStep(state, signal)).toBe(expected);
  });

  it('refuses what cannot happen', () => {
    expect(() => nextStep(applicationTable, 'inited', 'shutDown')).toThrow(/cannot happen/);
  });

  it('numbers its states from 1 to 5, never backwards', () => {
    const inOrder: ApplicationState[] = [
      ...(['inited', 'beforeStartup', 'beforeStart', 'start', 'afterStart'] as const),
      ...(['afterStartup', 'started', 'failing', 'stopping', 'stopped'] as const),
    ];
    expect(inOrder.map((state) => STATE_NUMBERS[state])).toEqual([1, 1, 2, 2, 3, 4, 4, 5, 5, 5]);
  });
});
