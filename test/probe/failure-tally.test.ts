import fc from 'fast-check';
import { countPoll, EMPTY_TALLY, type ToleranceOptions } from '../../lib/probe/failure-tally.ts';

/** Counts polls written as `.` (good) and `x` (failed) and gives the verdict on each. */
function judge(polls: string, options: ToleranceOptions): string[] {
  let tally = EMPTY_TALLY;
  return [...polls].map((poll) => {
    const counted = countPoll(tally, poll === 'x', options);
    tally = counted.tally;
    return counted.verdict;
  });
}

const firstTooMany = (polls: string, options: ToleranceOptions): number =>
  judge(polls, options).indexOf('tooMany');

describe('failures in a row', () => {
  it.each([
    [2, 'xx', -1],
    [2, 'xxx', 2],
    [2, 'xx.xx.xx', -1],
    [2, 'xx.xxx', 5],
    [0, '.x', 1],
    [0, '...', -1],
  ])('with a tolerance of %i, in %s are too many at %i', (failureTolerance, polls, at) => {
    expect(firstTooMany(polls, { failureTolerance, window: null })).toBe(at);
  });

  it('are counted, and any success sets the count to zero', () => {
    const options = { failureTolerance: 5, window: null };
    let tally = EMPTY_TALLY;
    const counts = [...'xx.x'].map((poll) => {
      tally = countPoll(tally, poll === 'x', options).tally;
      return tally.count;
    });
    expect(counts).toEqual([1, 2, 0, 1]);
  });
});

describe('polls that no window looks at', () => {
  it('are not kept', () => {
    let tally = EMPTY_TALLY;
    const options = { failureTolerance: 5, window: null };
    for (const failed of [true, false, true]) tally = countPoll(tally, failed, options).tally;
    expect(tally).toEqual({ count: 1, recent: [] });
  });
});

describe('failures in a window', () => {
  const options = { failureTolerance: 0, window: { failures: 3, of: 5 } };

  it.each([
    ['x.x.x', 4],
    ['xxx', 2],
    ['x..x..x..x', -1],
    ['xx...xx', -1],
    ['xx..x', 4],
  ])('in %s are too many at %i', (polls, at) => {
    expect(firstTooMany(polls, options)).toBe(at);
  });

  it('of one poll are too many at the first', () => {
    const narrow = { failureTolerance: 9, window: { failures: 1, of: 1 } };
    expect(judge('.x.', narrow)).toEqual(['good', 'tooMany', 'good']);
  });

  it('are those among the last polls, whatever came before', () => {
    const polls = fc.array(fc.constantFrom('.', 'x'), { maxLength: 60 });
    const windows = fc.record({
      failures: fc.integer({ min: 1, max: 10 }),
      of: fc.integer({ min: 1, max: 10 }),
    });
    fc.assert(
      fc.property(polls, windows, (some, window) => {
        judge(some.join(''), { failureTolerance: 0, window }).forEach((verdict, index) => {
          const last = some.slice(Math.max(0, index + 1 - window.of), index + 1);
          const isTooMany = last.filter((poll) => poll === 'x').length >= window.failures;
          const failed = some[index] === 'x';
          expect(verdict).toBe(!failed ? 'good' : isTooMany ? 'tooMany' : 'tolerated');
        });
      }),
    );
  });

  it('keep no more polls than the window looks at', () => {
    let tally = EMPTY_TALLY;
    for (let poll = 0; poll < 1000; poll++) tally = countPoll(tally, false, options).tally;
    expect(tally.recent).toHaveLength(5);
  });
});
