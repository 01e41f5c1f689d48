import type { Transition, TransitionTable } from '../util/state-machine.ts';

/** Where a spawned server is in its life, as it is published. */
export type SpawnState =
  'launching' | 'ready' | 'suspect' | 'disconnected' | 'terminating' | 'killed' | 'zombie' | 'dead';

/** What it said, what was done to it, and what came of it. */
export type SpawnSignal =
  | 'saidReady'
  | 'spokeAgain'
  | 'fellSilent'
  | 'saidDisconnect'
  | 'sentTerm'
  | 'sentKill'
  | 'outlivedKill'
  | 'ended';

export type SpawnEffect = 'startUse' | 'awaitEnd' | 'endUse';

const to = (state: SpawnState, ...effects: SpawnEffect[]): Transition<SpawnState, SpawnEffect> => ({
  to: state,
  effects,
});

const ignored = 'ignored' as const;
const impossible = 'impossible' as const;

const disconnected = to('disconnected', 'endUse', 'awaitEnd');
const terminating = to('terminating', 'endUse');
const killed = to('killed', 'endUse');
const dead = to('dead', 'endUse');

export const spawnTable = {
  launching: {
    saidReady: to('ready', 'startUse'),
    spokeAgain: impossible,
    fellSilent: impossible,
    saidDisconnect: disconnected,
    sentTerm: terminating,
    sentKill: killed,
    outlivedKill: impossible,
    ended: dead,
  },
  ready: {
    saidReady: impossible,
    spokeAgain: impossible,
    fellSilent: to('suspect'),
    saidDisconnect: disconnected,
    sentTerm: terminating,
    sentKill: killed,
    outlivedKill: impossible,
    ended: dead,
  },
  suspect: {
    saidReady: impossible,
    spokeAgain: to('ready'),
    fellSilent: impossible,
    saidDisconnect: disconnected,
    sentTerm: terminating,
    sentKill: killed,
    outlivedKill: impossible,
    ended: dead,
  },
  // It has said that it ends: nothing it says after that brings it back.
  disconnected: {
    saidReady: ignored,
    spokeAgain: ignored,
    fellSilent: ignored,
    saidDisconnect: ignored,
    sentTerm: to('terminating'),
    sentKill: to('killed'),
    outlivedKill: impossible,
    ended: to('dead'),
  },
  terminating: {
    saidReady: ignored,
    spokeAgain: ignored,
    fellSilent: ignored,
    saidDisconnect: ignored,
    sentTerm: ignored,
    sentKill: to('killed'),
    outlivedKill: impossible,
    ended: to('dead'),
  },
  killed: {
    saidReady: ignored,
    spokeAgain: ignored,
    fellSilent: ignored,
    saidDisconnect: ignored,
    sentTerm: ignored,
    sentKill: ignored,
    outlivedKill: to('zombie'),
    ended: to('dead'),
  },
  // Killed, and still there: the kernel holds it, or it is another user's.
  zombie: {
    saidReady: ignored,
    spokeAgain: ignored,
    fellSilent: ignored,
    saidDisconnect: ignored,
    sentTerm: ignored,
    sentKill: ignored,
    outlivedKill: ignored,
    ended: to('dead'),
  },
  // What it left running still gets signals.
  dead: {
    saidReady: ignored,
    spokeAgain: ignored,
    fellSilent: ignored,
    saidDisconnect: ignored,
    sentTerm: ignored,
    sentKill: ignored,
    outlivedKill: ignored,
    ended: ignored,
  },
} satisfies TransitionTable<SpawnState, SpawnSignal, SpawnEffect>;
