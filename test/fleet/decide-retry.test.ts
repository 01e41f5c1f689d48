import { decideRetry } from '../../lib/fleet/monitor/decide-retry.ts';

describe('decideRetry', () => {
  it.each([
    [1, 1000],
    [2, 2000],
    [3, 4000],
    [6, 32_000],
    [7, 60_000],
    [5000, 60_000],
  ])('after %i failures waits %i ms, a fifth more or less', (failures, delayMs) => {
    expect(decideRetry(failures, 0.5)).toBe(delayMs);
    expect(decideRetry(failures, 0)).toBe(delayMs * 0.8);
    expect(decideRetry(failures, 1)).toBe(delayMs * 1.2);
  });
});
