import { chooseEvidence } from '../../lib/fleet/master/choose-evidence.ts';

describe('chooseEvidence', () => {
  it.each([
    [['ended by itself', 'exit code 1', 'phase starting'], 'exit code 1'],
    [['killed by SIGSEGV'], 'killed by SIGSEGV'],
    [['ended by itself'], 'ended by itself'],
    [[], null],
  ])('of %j chooses %j', (evidence, told) => {
    expect(chooseEvidence(evidence)).toBe(told);
  });
});
