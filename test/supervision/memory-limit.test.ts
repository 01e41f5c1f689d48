import { countMemorySample, type MemoryTally } from '../../lib/supervision/memory-limit.ts';

const LIMIT = 100;

/** For each sample, of generation 1 unless it says otherwise, whether it has the process replaced. */
function replay(samples: readonly (number | readonly [generation: number, rssBytes: number])[]) {
  let tally: MemoryTally | null = null;
  return samples.map((one) => {
    const [generation, rssBytes] = typeof one === 'number' ? [1, one] : one;
    const counted = countMemorySample(tally, { generation, rssBytes }, LIMIT);
    tally = counted.tally;
    return counted.exceeded;
  });
}

describe('a process above its memory limit', () => {
  it('is replaced at the third sample in a row', () => {
    expect(replay([101, 102, 103])).toEqual([false, false, true]);
  });

  it('is left alone as long as a sample in between is at the limit or below', () => {
    expect(replay([101, 101, 100, 101, 101, 99, 101])).not.toContain(true);
  });

  it('is asked for again only after three further samples', () => {
    expect(replay([101, 101, 101, 101, 101, 101, 101])).toEqual([
      false,
      false,
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  it('does not answer for the samples of its predecessor', () => {
    expect(replay([101, 101, [2, 101], [2, 101], [2, 101]]).indexOf(true)).toBe(4);
  });
});
