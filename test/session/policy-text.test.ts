import type { Foresight } from '../../lib/process/decide-next.ts';
import type { ResolvedSessionOptions } from '../../lib/session/options.ts';
import { loadSessionOptions } from '../../lib/session/options/load-session-options.ts';
import { describeForesight } from '../../lib/session/policy-text.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

async function loadDefaults(): Promise<ResolvedSessionOptions> {
  return loadSessionOptions({ cwd: await makeTempDirectory() });
}

const NOTHING: Foresight = { event: 'diedToRestartNow', verdict: null, why: null, effects: [] };
const WAITING = { kind: 'retry', delayMs: 2000, attempt: 2 } as const;

describe('what a death that is foreseen would lead to', () => {
  it.each<[string, Partial<Foresight>, RegExp]>([
    ['a successor is there', { effects: ['adoptSuccessor'] }, /^the successor of the reload takes/],
    ['a spare is there', { effects: ['promoteSpare'] }, /^the spare takes over at once$/],
    ['the policy says no', { event: 'diedForGood', why: 'policy' }, /^the session ends$/],
    ['it gives up', { event: 'diedForGood', why: 'gaveUp' }, /^the breaker opens and the session/],
    ['it was expected', {}, /^restart at once$/],
    ['it has to wait', { verdict: WAITING }, /^restart in 2 s/],
    [
      'the breaker opens',
      { event: 'diedAndBroke', verdict: { kind: 'open' } as never },
      /^the breaker opens, one trial start every 300 s$/,
    ],
  ])('is told where %s', async (_case, foresight, text) => {
    expect(describeForesight({ ...NOTHING, ...foresight }, await loadDefaults())).toMatch(text);
  });
});
