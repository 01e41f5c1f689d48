import type { Transition, TransitionTable } from '../../util/state-machine.ts';

/** How far an application is. The names are ours; programs see the number. */
export type ApplicationState =
  | 'inited'
  | 'beforeStartup'
  | 'beforeStart'
  | 'start'
  | 'afterStart'
  | 'afterStartup'
  | 'started'
  | 'failing'
  | 'stopping'
  | 'stopped';

export type ApplicationSignal =
  | 'startAsked'
  /** The phase that was run has ended well. */
  | 'phaseEnded'
  | 'phaseFailed'
  | 'stopAsked'
  /** Everything that had started is stopped. */
  | 'shutDown';

export type ApplicationEffect =
  | 'runBeforeStartup'
  | 'runBeforeStart'
  | 'runStart'
  | 'runAfterStart'
  | 'runAfterStartup'
  | 'announce'
  | 'refuseStart'
  /** What is being run is waited for no longer. */
  | 'abandonPhase'
  /** Stops what has started, without the hooks of a whole application. */
  | 'rollBack'
  | 'runShutdown'
  | 'end';

const to = (
  state: ApplicationState,
  ...effects: ApplicationEffect[]
): Transition<ApplicationState, ApplicationEffect> => ({ to: state, effects });

const ignored = 'ignored' as const;
const impossible = 'impossible' as const;

const phase = (
  own: ApplicationState,
  next: ApplicationState,
  effect: ApplicationEffect,
): Record<ApplicationSignal, Transition<ApplicationState, ApplicationEffect>> => ({
  startAsked: to(own, 'refuseStart'),
  phaseEnded: to(next, effect),
  phaseFailed: to('failing', 'rollBack'),
  stopAsked: to('stopping', 'abandonPhase', 'runShutdown'),
  shutDown: impossible,
});

export const applicationTable = {
  inited: {
    startAsked: to('beforeStartup', 'runBeforeStartup'),
    phaseEnded: impossible,
    phaseFailed: impossible,
    stopAsked: to('stopping', 'runShutdown'),
    shutDown: impossible,
  },
  beforeStartup: phase('beforeStartup', 'beforeStart', 'runBeforeStart'),
  beforeStart: phase('beforeStart', 'start', 'runStart'),
  start: phase('start', 'afterStart', 'runAfterStart'),
  afterStart: phase('afterStart', 'afterStartup', 'runAfterStartup'),
  afterStartup: phase('afterStartup', 'started', 'announce'),
  started: {
    startAsked: to('started', 'refuseStart'),
    phaseEnded: impossible,
    phaseFailed: impossible,
    stopAsked: to('stopping', 'runShutdown'),
    shutDown: impossible,
  },
  failing: {
    startAsked: to('failing', 'refuseStart'),
    phaseEnded: impossible,
    phaseFailed: impossible,
    stopAsked: ignored,
    shutDown: to('stopped', 'end'),
  },
  stopping: {
    startAsked: to('stopping', 'refuseStart'),
    // Of a phase that was abandoned.
    phaseEnded: ignored,
    phaseFailed: ignored,
    stopAsked: ignored,
    shutDown: to('stopped', 'end'),
  },
  stopped: {
    startAsked: to('stopped', 'refuseStart'),
    phaseEnded: ignored,
    phaseFailed: ignored,
    stopAsked: ignored,
    shutDown: impossible,
  },
} satisfies TransitionTable<ApplicationState, ApplicationSignal, ApplicationEffect>;

/** The state as programs see it: 1 INITED, 2 BEFORE_START, 3 START, 4 STARTED, 5 STOPPED. */
export const STATE_NUMBERS: Readonly<Record<ApplicationState, number>> = {
  inited: 1,
  beforeStartup: 1,
  beforeStart: 2,
  start: 2,
  afterStart: 3,
  afterStartup: 4,
  started: 4,
  failing: 5,
  stopping: 5,
  stopped: 5,
};
