import { decideRestart, resolveEnding } from '../../lib/supervision/restart-policy.ts';

describe('decideRestart', () => {
  it.each([
    ['permanent', 'clean', 'restart'],
    ['permanent', 'failed', 'restart'],
    ['permanent', 'asksNotToBeRestarted', 'end'],
    ['transient', 'clean', 'end'],
    ['transient', 'failed', 'restart'],
    ['transient', 'asksNotToBeRestarted', 'end'],
    ['temporary', 'clean', 'end'],
    ['temporary', 'failed', 'end'],
    ['temporary', 'asksNotToBeRestarted', 'end'],
  ] as const)('a %s server after a %s ending: %s', (policy, ending, choice) => {
    expect(decideRestart(policy, ending)).toBe(choice);
  });
});

describe('resolveEnding', () => {
  it.each([
    [0, [125], 'clean'],
    [1, [125], 'failed'],
    [125, [125], 'asksNotToBeRestarted'],
    [125, [], 'failed'],
    [0, [0], 'asksNotToBeRestarted'],
    [7, [6, 7], 'asksNotToBeRestarted'],
    // Killed by a signal: there is no code.
    [null, [125], 'failed'],
  ] as const)('exit code %p with stopOn %p is %s', (code, stopOn, ending) => {
    const cause = code === 0 ? 'clean-exit' : 'exit';
    expect(resolveEnding({ code, cause }, stopOn)).toBe(ending);
  });

  it.each(['hang', 'health', 'start-timeout'] as const)(
    'a death of %s has failed, also when an exit handler ended with 0',
    (cause) => {
      expect(resolveEnding({ code: 0, cause }, [125])).toBe('failed');
      expect(resolveEnding({ code: 125, cause }, [125])).toBe('asksNotToBeRestarted');
    },
  );
});
