import { SampleHistory } from '../../lib/session/monitor/sample-history.ts';

const MINUTE = 60_000;
// A whole minute, so that the rows of one minute are known.
const START = 1_800_000_000_000;

const beat = (loopLagMs: number, rssBytes = 50e6): Parameters<SampleHistory['add']>[1] => ({
  loopLagMs,
  rssBytes,
  heapUsedBytes: rssBytes / 2,
});

/** One heartbeat a second, numbered from 0. */
const beatFor = (history: SampleHistory, seconds: number, from = START): void => {
  for (let n = 0; n < seconds; n += 1) history.add(from + n * 1000, beat(n, 1e6 + n));
};

describe('the history of samples', () => {
  it('keeps each heartbeat as a row of its own', () => {
    const history = new SampleHistory();
    beatFor(history, 3);
    expect(history.read(0)).toEqual({
      at: [START, START + 1000, START + 2000],
      loopLagMs: [0, 1, 2],
      latencyMs: [null, null, null],
      rssBytes: [1e6, 1e6 + 1, 1e6 + 2],
      heapUsedBytes: [5e5, 500_000.5, 500_001],
    });
  });

  it('puts a poll into the row of the heartbeat before it, and tells that row anew', () => {
    const history = new SampleHistory();
    const first = history.add(START, beat(3));
    const again = history.add(START + 900, { latencyMs: 12 });
    expect(again).toEqual({ ...first, latencyMs: 12 });
    expect(history.read(0).at).toEqual([START]);
  });

  it('gives a poll a row of its own when the last heartbeat is long ago', () => {
    const history = new SampleHistory();
    history.add(START, beat(3));
    history.add(START + 5000, { latencyMs: 2000 });
    expect(history.read(0)).toMatchObject({
      at: [START, START + 5000],
      loopLagMs: [3, null],
      latencyMs: [null, 2000],
    });
  });

  it('keeps the longest lag and the latest memory of heartbeats that come quicker than it has rows', () => {
    const history = new SampleHistory();
    history.add(START, beat(30, 1e6));
    history.add(START + 200, beat(5, 2e6));
    expect(history.read(0)).toMatchObject({ at: [START], loopLagMs: [30], rssBytes: [2e6] });
  });

  it('puts a row of nulls between two lives, and nothing of the second into it', () => {
    const history = new SampleHistory();
    history.add(START, beat(1));
    history.cut(START + 100);
    history.add(START + 101, { latencyMs: 4 });
    expect(history.read(0)).toMatchObject({
      at: [START, START + 100, START + 101],
      loopLagMs: [1, null, null],
      latencyMs: [null, null, 4],
      rssBytes: [50e6, null, null],
    });
  });

  it('merges by the minute what is older than 15 minutes', () => {
    const history = new SampleHistory();
    beatFor(history, 16 * 60 + 1);
    const { at, loopLagMs, rssBytes } = history.read(0);
    expect(at.slice(0, 3)).toEqual([START, START + MINUTE, START + MINUTE + 1000]);
    // The longest lag of the first minute, and its latest memory.
    expect(loopLagMs[0]).toBe(59);
    expect(rssBytes[0]).toBe(1e6 + 59);
    expect(at).toHaveLength(1 + 15 * 60 + 1);
  });

  it('forgets what is older than 24 hours, and never has more rows than it has room for', () => {
    const history = new SampleHistory();
    for (let n = 0; n < 26 * 60 * 4; n += 1) history.add(START + n * 15_000, beat(n));
    const { at } = history.read(0);
    const last = at.at(-1) ?? 0;
    expect(last - (at[0] ?? 0)).toBeLessThanOrEqual(24 * 60 * MINUTE);
    expect(last - (at[0] ?? 0)).toBeGreaterThan(23 * 60 * MINUTE);
    expect(at.length).toBeLessThanOrEqual(24 * 60 + 1 + 15 * 4 + 1);
  });

  it('merges the oldest early when a server that dies all the time fills its rows', () => {
    const history = new SampleHistory();
    for (let n = 0; n < 10_000; n += 1) history.cut(START + n);
    const { at } = history.read(0);
    expect(at).toHaveLength(2250 + 1);
    expect([...at].sort((a, b) => a - b)).toEqual(at);
  });

  it('gives the rows at a time and after it', () => {
    const history = new SampleHistory();
    beatFor(history, 10);
    expect(history.read(START + 8000).at).toEqual([START + 8000, START + 9000]);
    expect(history.read(START + 8001).at).toEqual([START + 9000]);
    expect(history.read(START + 9001).at).toEqual([]);
  });

  it('forgets what lies in the future once the clock has been set back', () => {
    const history = new SampleHistory();
    beatFor(history, 20 * 60);
    history.add(START + 5 * MINUTE, beat(7));
    const { at } = history.read(0);
    expect(at.at(-1)).toBe(START + 5 * MINUTE);
    expect(new Set(at).size).toBe(at.length);
    expect([...at].sort((a, b) => a - b)).toEqual(at);
  });

  it('lets time stand for a moment when the clock goes back by less than a second', () => {
    const history = new SampleHistory();
    history.add(START, beat(1));
    history.cut(START + 500);
    history.add(START + 100, beat(2));
    expect(history.read(0).at).toEqual([START, START + 500, START + 501]);
  });
});
