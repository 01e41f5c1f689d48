import { nextStep, type TransitionTable } from '../../lib/util/state-machine.ts';

const DOOR: TransitionTable<'open' | 'shut', 'push' | 'pull' | 'lock', 'creak'> = {
  open: { push: { to: 'shut', effects: ['creak'] }, pull: 'ignored', lock: 'impossible' },
  shut: {
    push: 'ignored',
    pull: { to: 'open', effects: [] },
    lock: { to: 'shut', effects: ['creak'] },
  },
};

describe('nextStep', () => {
  it('gives the next state, its effects and whether it is another', () => {
    expect(nextStep(DOOR, 'open', 'push')).toEqual({
      state: 'shut',
      effects: ['creak'],
      changed: true,
    });
    expect(nextStep(DOOR, 'shut', 'lock')).toEqual({
      state: 'shut',
      effects: ['creak'],
      changed: false,
    });
  });

  it('stays where it is for what is ignored', () => {
    expect(nextStep(DOOR, 'open', 'pull')).toEqual({ state: 'open', effects: [], changed: false });
  });

  it('throws for what cannot happen, naming both', () => {
    expect(() => nextStep(DOOR, 'open', 'lock')).toThrow(
      expect.objectContaining({
        code: 'ERR_INTERNAL',
        message: expect.stringMatching(/"lock".*"open"/),
      }),
    );
  });
});
