import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startProgram } from './start-program.ts';

interface Holdings {
  readonly resources: readonly string[];
  readonly listeners: readonly string[];
  readonly workers: number;
  readonly descriptors: number;
  readonly heapBytes: number;
}

// The events it remembers are bounded, and not all there yet at the first look.
const REMEMBERED_BYTES = 4_000_000;

describe('a monitor after 200 restarts', () => {
  afterEach(async () => {
    await assertNoLeaks();
  });

  it('holds no more handles, listeners, files and memory than after 20', async () => {
    const program = await startProgram('many-restarts.cjs', { nodeArgs: ['--expose-gc'] });
    const { heapBytes: earlyHeap, ...early } = await program.said<Holdings>('early', 60_000);
    const { heapBytes: lateHeap, ...late } = await program.said<Holdings>('late', 60_000);
    expect(late).toEqual(early);
    expect(early.workers).toBe(1);
    expect(lateHeap - earlyHeap).toBeLessThan(REMEMBERED_BYTES);
    expect(await program.exitCode()).toBe(0);
  }, 120_000);
});
