import { type SpawnSignal, type SpawnState, spawnTable } from '../../lib/spawner/spawn-machine.ts';
import { nextStep } from '../../lib/util/state-machine.ts';

/** What each signal leads to in each state, written down a second time on purpose: `-` for nothing, `!` for what cannot happen. */
const EXPECTED: Record<SpawnState, Record<SpawnSignal, string>> = {
  launching: {
    saidReady: 'ready: startUse',
    spokeAgain: '!',
    fellSilent: '!',
    saidDisconnect: 'disconnected: endUse awaitEnd',
    sentTerm: 'terminating: endUse',
    sentKill: 'killed: endUse',
    outlivedKill: '!',
    ended: 'dead: endUse',
  },
  ready: {
    saidReady: '!',
    spokeAgain: '!',
    fellSilent: 'suspect: ',
    saidDisconnect: 'disconnected: endUse awaitEnd',
    sentTerm: 'terminating: endUse',
    sentKill: 'killed: endUse',
    outlivedKill: '!',
    ended: 'dead: endUse',
  },
  suspect: {
    saidReady: '!',
    spokeAgain: 'ready: ',
    fellSilent: '!',
    saidDisconnect: 'disconnected: endUse awaitEnd',
    sentTerm: 'terminating: endUse',
    sentKill: 'killed: endUse',
    outlivedKill: '!',
    ended: 'dead: endUse',
  },
  disconnected: {
    saidReady: '-',
    spokeAgain: '-',
    fellSilent: '-',
    saidDisconnect: '-',
    sentTerm: 'terminating: ',
    sentKill: 'killed: ',
    outlivedKill: '!',
    ended: 'dead: ',
  },
  terminating: {
    saidReady: '-',
    spokeAgain: '-',
    fellSilent: '-',
    saidDisconnect: '-',
    sentTerm: '-',
    sentKill: 'killed: ',
    outlivedKill: '!',
    ended: 'dead: ',
  },
  killed: {
    saidReady: '-',
    spokeAgain: '-',
    fellSilent: '-',
    saidDisconnect: '-',
    sentTerm: '-',
    sentKill: '-',
    outlivedKill: 'zombie: ',
    ended: 'dead: ',
  },
  zombie: {
    saidReady: '-',
    spokeAgain: '-',
    fellSilent: '-',
    saidDisconnect: '-',
    sentTerm: '-',
    sentKill: '-',
    outlivedKill: '-',
    ended: 'dead: ',
  },
  dead: {
    saidReady: '-',
    spokeAgain: '-',
    fellSilent: '-',
    saidDisconnect: '-',
    sentTerm: '-',
    sentKill: '-',
    outlivedKill: '-',
    ended: '-',
  },
};

const CELLS = Object.entries(EXPECTED).flatMap(([state, row]) =>
  Object.entries(row).map(
    ([signal, cell]) => [state, signal, cell] as [SpawnState, SpawnSignal, string],
  ),
);

describe('the published states of a spawn', () => {
  it.each(CELLS)('%s, %s: %s', (state, signal, cell) => {
    if (cell === '!') {
      expect(() => nextStep(spawnTable, state, signal)).toThrow(
        expect.objectContaining({ code: 'ERR_INTERNAL' }),
      );
      return;
    }
    const [to = state, effects = ''] = cell === '-' ? [] : cell.split(': ');
    expect(nextStep(spawnTable, state, signal)).toEqual({
      state: to,
      effects: effects.split(' ').filter(Boolean),
      changed: to !== state,
    });
  });
});
