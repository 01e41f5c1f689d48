import type { Transition, TransitionTable } from '../../util/state-machine.ts';

/** Where a server of the fleet is in its life, as it is published. */
export type ServerState =
  'down' | 'starting' | 'registered' | 'ready' | 'hung' | 'stopping' | 'waiting' | 'broken';

/** What its process did, what it said, and what was decided about its next start. */
export type ServerSignal =
  | 'started'
  | 'registered'
  | 'recorded'
  | 'fellSilent'
  | 'wasAsked'
  | 'ended'
  | 'scheduled'
  | 'broke'
  | 'cancelled';

export type ServerEffect = 'record' | 'welcome';

const to = (
  state: ServerState,
  ...effects: ServerEffect[]
): Transition<ServerState, ServerEffect> => ({ to: state, effects });

const ignored = 'ignored' as const;
const impossible = 'impossible' as const;

const ended = to('down', 'record');
const started = to('starting', 'record');

export const serverTable = {
  down: {
    started,
    // A server that nobody here has started may register under its name.
    registered: ignored,
    recorded: ignored,
    fellSilent: impossible,
    wasAsked: ignored,
    ended: ignored,
    scheduled: to('waiting'),
    broke: to('broken'),
    cancelled: ignored,
  },
  starting: {
    started: impossible,
    registered: to('registered'),
    recorded: to('ready', 'record', 'welcome'),
    fellSilent: impossible,
    wasAsked: to('stopping', 'record'),
    ended,
    scheduled: impossible,
    broke: impossible,
    cancelled: ignored,
  },
  registered: {
    started: impossible,
    registered: ignored,
    recorded: to('ready', 'record', 'welcome'),
    fellSilent: impossible,
    wasAsked: to('stopping', 'record'),
    ended,
    scheduled: impossible,
    broke: impossible,
    cancelled: ignored,
  },
  ready: {
    started: impossible,
    registered: ignored,
    recorded: ignored,
    fellSilent: to('hung'),
    wasAsked: to('stopping', 'record'),
    ended,
    scheduled: impossible,
    broke: impossible,
    cancelled: ignored,
  },
  // Ready, and silent for too long: it is being killed.
  hung: {
    started: impossible,
    registered: ignored,
    recorded: ignored,
    fellSilent: impossible,
    wasAsked: ignored,
    ended,
    scheduled: impossible,
    broke: impossible,
    cancelled: ignored,
  },
  stopping: {
    started: impossible,
    registered: ignored,
    recorded: ignored,
    fellSilent: impossible,
    wasAsked: ignored,
    ended,
    scheduled: impossible,
    broke: impossible,
    cancelled: ignored,
  },
  waiting: {
    started,
    registered: ignored,
    recorded: ignored,
    fellSilent: impossible,
    wasAsked: ignored,
    ended: ignored,
    scheduled: ignored,
    broke: impossible,
    cancelled: to('down'),
  },
  broken: {
    started,
    registered: ignored,
    recorded: ignored,
    fellSilent: impossible,
    wasAsked: ignored,
    ended: ignored,
    scheduled: ignored,
    broke: ignored,
    cancelled: to('down'),
  },
} satisfies TransitionTable<ServerState, ServerSignal, ServerEffect>;
