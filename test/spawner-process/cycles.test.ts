import { resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const CYCLES = resolve(__dirname, '../../bench/spawner/programs/cycles.cjs');

afterEach(async () => {
  await assertNoLeaks();
});

describe('a spawner whose servers come and go', () => {
  it('holds no more after sixty of them than before', async () => {
    const begin = await findFreePorts(4);
    const child = startNode(
      [
        '--expose-gc',
        '--disable-warning=ExperimentalWarning',
        CYCLES,
        ...[begin, 60, 30].map(String),
      ],
      {
        cwd: await makeTempDirectory(),
      },
    );
    const [line] = await child.waitForLine(/^\{"cycles":60,.*\}$/, 60_000);
    const { before, after } = JSON.parse(line) as Record<'before' | 'after', { heapBytes: number }>;
    expect(after).toEqual({
      ...before,
      usedSpawnPorts: 0,
      availableSpawnPorts: 4,
      known: 0,
      timers: 0,
      objects: expect.anything(),
      heapBytes: expect.any(Number),
    });
    expect(after.heapBytes - before.heapBytes).toBeLessThan(1_000_000);
    expect(await child.waitForExit()).toMatchObject({ code: 0 });
  }, 90_000);
});
