import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startProgram } from './start-program.ts';

interface Holdings {
  readonly resources: readonly string[];
  readonly listeners: readonly string[];
  readonly workers: number;
  readonly descriptors: number;
  readonly heapBytes: number;
}

/** `RESTARTS=1000 npx jest test/launch-process/many-restarts.test.ts` takes its time, and finds the same. */
const RESTARTS = Number(process.env['RESTARTS'] ?? 200);
const LOOKS = 10;
const WARM_UP = 3;
const LIMIT_MS = 60_000 + RESTARTS * 1000;
// What V8 compiles on the way grows by up to half of it; one process that is not let go of is twice this much.
const GROWTH_BYTES = 7000;

/** The slope of the line through the values that fits best. */
function fitSlope(values: readonly number[]): number {
  const meanOf = (all: readonly number[]): number =>
    all.reduce((sum, value) => sum + value, 0) / all.length;
  const [middle, mean] = [(values.length - 1) / 2, meanOf(values)];
  const covariance = meanOf(values.map((value, at) => (at - middle) * (value - mean)));
  return covariance / meanOf(values.map((_value, at) => (at - middle) ** 2));
}

describe(`a monitor that holds a socket through ${RESTARTS} restarts`, () => {
  afterEach(async () => {
    await assertNoLeaks();
  });

  it(
    'holds no more handles, listeners, timers, files and memory with each of them',
    async () => {
      const program = await startProgram('many-restarts.cjs', {
        nodeArgs: ['--expose-gc'],
        env: { RESTARTS: String(RESTARTS), LOOKS: String(LOOKS) },
      });
      await program.said('end', LIMIT_MS);
      // The events it remembers are bounded, and not all there yet at the first looks.
      const looks = (program.allSaid('look') as Holdings[]).slice(WARM_UP);
      expect(looks).toHaveLength(LOOKS - WARM_UP);
      const open = looks.map(({ heapBytes: _heapBytes, ...rest }) => rest);
      for (const look of open) expect(look).toEqual(open[0]);
      expect(open[0]?.workers).toBe(1);
      const growth = fitSlope(looks.map(({ heapBytes }) => heapBytes)) / (RESTARTS / LOOKS);
      expect(growth).toBeLessThan(GROWTH_BYTES);
      expect(await program.exitCode()).toBe(0);
    },
    LIMIT_MS,
  );
});
