import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OomCounter } from '../../lib/session/monitor/oom-counter.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

/** A memory group in the words of both versions: which of them this machine speaks does not matter. */
async function startCounter(limit: string): Promise<Counted> {
  const root = await makeTempDirectory({
    'memory/memory.limit_in_bytes': limit,
    'memory.max': limit,
    'memory/memory.oom_control': '',
    'memory.events': '',
  });
  const count = (kills: number): void => {
    writeFileSync(join(root, 'memory/memory.oom_control'), `under_oom 0\noom_kill ${kills}\n`);
    writeFileSync(join(root, 'memory.events'), `low 0\noom 7\noom_kill ${kills}\n`);
  };
  count(2);
  const clock = new ManualClock();
  return { clock, count, counter: new OomCounter(clock, process.pid, root) };
}

interface Counted {
  readonly clock: ManualClock;
  readonly counter: OomCounter;
  readonly count: (kills: number) => void;
}

describe('OomCounter', () => {
  it('has seen a kill when the count has grown since the process started', async () => {
    const { counter, count } = await startCounter('1000\n');
    expect(counter.isRaised()).toBe(false);
    count(3);
    expect(counter.isRaised()).toBe(true);
    expect(counter.limitBytes()).toBe(1000);
  });

  it('lays no kill to a process that has beaten for long since then', async () => {
    const { clock, counter, count } = await startCounter('1000\n');
    count(3);
    counter.sample();
    clock.advance(6000);
    counter.sample();
    clock.advance(6000);
    counter.sample();
    expect(counter.isRaised()).toBe(false);
  });

  it('still sees a kill when a beat sent just before it is read after it', async () => {
    const { clock, counter, count } = await startCounter('1000\n');
    clock.advance(6000);
    count(3);
    counter.sample();
    expect(counter.isRaised()).toBe(true);
  });

  it.each(['max\n', '9223372036854771712\n'])(
    'knows no limit where there is none (%j)',
    async (limit) => {
      expect((await startCounter(limit)).counter.limitBytes()).toBeNull();
    },
  );

  it('knows nothing where there are no groups, and of a process that was not started', async () => {
    const root = await makeTempDirectory();
    const counters = [process.pid, null].map((pid) => new OomCounter(new ManualClock(), pid, root));
    for (const counter of counters) {
      expect([counter.isRaised(), counter.limitBytes()]).toEqual([false, null]);
    }
  });
});
