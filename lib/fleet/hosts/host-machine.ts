import type { Transition, TransitionTable } from '../../util/state-machine.ts';

/**
 * What is known of a host: `up`, it answers; `down`, it runs none of our servers, by its own word; `unknown`, it does
 * not answer and may run them. `closed`: nobody asks any more.
 */
export type HostState = 'up' | 'down' | 'unknown' | 'closed';

/** What became of the channel to it. */
export type HostSignal =
  /** It answers, and says what it runs. */
  | 'linked'
  /** It answers, and was started anew since we knew of a server there: that one is gone. */
  | 'rebooted'
  /** The channel is gone or silent. */
  | 'lost'
  /** It could not be reached, or does not let us in. */
  | 'missed'
  | 'closed';

export type HostEffect = 'settle' | 'bury' | 'retry' | 'hangUp';

const to = (state: HostState, ...effects: HostEffect[]): Transition<HostState, HostEffect> => ({
  to: state,
  effects,
});

const ignored = 'ignored' as const;
const impossible = 'impossible' as const;

const closed = to('closed', 'hangUp');

export const hostTable = {
  unknown: {
    linked: to('up', 'settle'),
    rebooted: to('down', 'bury'),
    lost: impossible,
    missed: to('unknown', 'retry'),
    closed,
  },
  up: {
    linked: impossible,
    rebooted: impossible,
    lost: to('unknown', 'retry'),
    missed: impossible,
    closed,
  },
  down: {
    linked: to('up', 'settle'),
    rebooted: ignored,
    lost: impossible,
    // The channel that told of it was lost before anything was started there.
    missed: to('down', 'retry'),
    closed,
  },
  closed: {
    linked: ignored,
    rebooted: ignored,
    lost: ignored,
    missed: ignored,
    closed: ignored,
  },
} satisfies TransitionTable<HostState, HostSignal, HostEffect>;
