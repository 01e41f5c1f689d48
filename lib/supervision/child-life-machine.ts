import type { Transition, TransitionTable } from '../util/state-machine.ts';

/** The life of one process. */
export type LifeState =
  'starting' | 'standby' | 'ready' | 'degraded' | 'draining' | 'killing' | 'exited';

export type LifeEvent =
  | 'stoodBy'
  | 'promoted'
  | 'announcedReady'
  | 'probeSucceeded'
  | 'probeFailed'
  | 'probeFailedBeyondTolerance'
  | 'startupElapsed'
  | 'silenceElapsed'
  | 'silenceElapsedGently'
  | 'stopRequested'
  | 'killRequested'
  | 'intentChanged'
  | 'stopElapsed'
  | 'beat'
  | 'deadlineExtended'
  | 'exited';

export type LifeEffect =
  | 'armStartup'
  | 'clearStartup'
  | 'armSilence'
  | 'askToStop'
  | 'askToFail'
  | 'armStop'
  | 'armKill'
  | 'clearDeadlines'
  | 'endTree'
  | 'killTree'
  | 'noteStartTimeout'
  | 'noteHang'
  | 'noteHealth'
  | 'tellReady'
  | 'tellStandby'
  | 'tellDegraded'
  | 'tellRecovered'
  | 'tellDraining';

const to = (state: LifeState, ...effects: LifeEffect[]): Transition<LifeState, LifeEffect> => ({
  to: state,
  effects,
});

const ignored = 'ignored' as const;
const impossible = 'impossible' as const;

/** A process that did not obey is killed; the deadline is armed again until it is gone. */
const kill = to('killing', 'killTree', 'armKill');
const drain = to('draining', 'tellDraining', 'askToStop', 'armStop');
const unhealthy = to('killing', 'noteHealth', 'askToFail', 'armStop');
const hung = to('killing', 'noteHang', 'killTree', 'armKill');
/** Silent, in the care of a supervisor that asks before it kills. */
const hungGently = to('killing', 'noteHang', 'endTree', 'armKill');
const gone = to('exited', 'clearDeadlines');

export const childLifeTable = {
  starting: {
    stoodBy: to('standby', 'clearStartup', 'armSilence', 'tellStandby'),
    promoted: ignored,
    announcedReady: to('ready', 'clearStartup', 'armSilence', 'tellReady'),
    probeSucceeded: ignored,
    probeFailed: ignored,
    probeFailedBeyondTolerance: ignored,
    startupElapsed: to('killing', 'noteStartTimeout', 'killTree', 'armKill'),
    silenceElapsed: impossible,
    silenceElapsedGently: impossible,
    stopRequested: drain,
    killRequested: kill,
    intentChanged: ignored,
    stopElapsed: impossible,
    beat: ignored,
    deadlineExtended: to('starting', 'armStartup'),
    exited: gone,
  },
  // Started beforehand: all but its work is done, and nothing measures how long that waits.
  standby: {
    stoodBy: ignored,
    promoted: to('starting', 'clearDeadlines', 'armStartup'),
    announcedReady: to('ready', 'tellReady'),
    probeSucceeded: ignored,
    probeFailed: ignored,
    probeFailedBeyondTolerance: ignored,
    startupElapsed: impossible,
    silenceElapsed: hung,
    silenceElapsedGently: hungGently,
    stopRequested: drain,
    intentChanged: ignored,
    killRequested: kill,
    stopElapsed: impossible,
    beat: to('standby', 'armSilence'),
    deadlineExtended: to('standby', 'armSilence'),
    exited: gone,
  },
  ready: {
    stoodBy: ignored,
    promoted: ignored,
    announcedReady: ignored,
    probeSucceeded: ignored,
    probeFailed: to('degraded', 'tellDegraded'),
    probeFailedBeyondTolerance: unhealthy,
    startupElapsed: impossible,
    silenceElapsed: hung,
    silenceElapsedGently: hungGently,
    stopRequested: drain,
    killRequested: kill,
    intentChanged: ignored,
    stopElapsed: impossible,
    beat: to('ready', 'armSilence'),
    deadlineExtended: to('ready', 'armSilence'),
    exited: gone,
  },
  degraded: {
    stoodBy: ignored,
    promoted: ignored,
    announcedReady: ignored,
    probeSucceeded: to('ready', 'tellRecovered'),
    probeFailed: ignored,
    probeFailedBeyondTolerance: unhealthy,
    startupElapsed: impossible,
    silenceElapsed: hung,
    silenceElapsedGently: hungGently,
    stopRequested: drain,
    killRequested: kill,
    intentChanged: ignored,
    stopElapsed: impossible,
    beat: to('degraded', 'armSilence'),
    deadlineExtended: to('degraded', 'armSilence'),
    exited: gone,
  },
  draining: {
    stoodBy: ignored,
    promoted: ignored,
    announcedReady: ignored,
    probeSucceeded: ignored,
    probeFailed: ignored,
    probeFailedBeyondTolerance: ignored,
    startupElapsed: ignored,
    silenceElapsed: kill,
    silenceElapsedGently: to('killing', 'endTree', 'armKill'),
    stopRequested: ignored,
    killRequested: kill,
    intentChanged: to('draining', 'askToStop'),
    stopElapsed: to('killing', 'endTree', 'armKill'),
    beat: to('draining', 'armSilence'),
    deadlineExtended: to('draining', 'armStop'),
    exited: gone,
  },
  killing: {
    stoodBy: ignored,
    promoted: ignored,
    announcedReady: ignored,
    probeSucceeded: ignored,
    probeFailed: ignored,
    probeFailedBeyondTolerance: ignored,
    startupElapsed: ignored,
    silenceElapsed: kill,
    silenceElapsedGently: ignored,
    stopRequested: ignored,
    killRequested: kill,
    intentChanged: ignored,
    stopElapsed: kill,
    beat: ignored,
    deadlineExtended: to('killing', 'armStop'),
    exited: gone,
  },
  exited: {
    stoodBy: ignored,
    promoted: ignored,
    announcedReady: ignored,
    probeSucceeded: ignored,
    probeFailed: ignored,
    probeFailedBeyondTolerance: ignored,
    startupElapsed: ignored,
    silenceElapsed: ignored,
    silenceElapsedGently: ignored,
    stopRequested: ignored,
    killRequested: ignored,
    intentChanged: ignored,
    stopElapsed: ignored,
    beat: ignored,
    deadlineExtended: ignored,
    exited: ignored,
  },
} satisfies TransitionTable<LifeState, LifeEvent, LifeEffect>;
