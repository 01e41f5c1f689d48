/** So many samples in a row above the limit have a process replaced: a peak is no leak. */
export const SAMPLES_ABOVE = 3;

/** What the samples of one process so far came to. */
export interface MemoryTally {
  /** The process they are of. */
  readonly generation: number;
  /** Samples above the limit, in a row. */
  readonly above: number;
}

export interface MemorySample {
  readonly generation: number;
  readonly rssBytes: number;
}

/** Counts one sample and says whether the process is to be replaced; the count then begins anew. Pure. */
export function countMemorySample(
  tally: MemoryTally | null,
  sample: MemorySample,
  limitBytes: number,
): { readonly tally: MemoryTally; readonly exceeded: boolean } {
  const { generation, rssBytes } = sample;
  const before = tally?.generation === generation ? tally.above : 0;
  const above = rssBytes > limitBytes ? before + 1 : 0;
  const exceeded = above >= SAMPLES_ABOVE;
  return { tally: { generation, above: exceeded ? 0 : above }, exceeded };
}
