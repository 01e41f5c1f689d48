import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type RunningSpawner, type SpawnRow, startSpawner } from './start-spawner.ts';

// Half a second and twice that, but for what clocks are rounded by.
const LEAST_GAPS_MS = [490, 990] as const;

afterEach(async () => {
  await assertNoLeaks();
});

function waitForSpares(spawner: RunningSpawner, count: number): Promise<SpawnRow[]> {
  return waitUntil(
    async () => {
      const spares = (await spawner.rows()).filter((row) => row.spare && row.state === 'ready');
      return spares.length === count ? spares : undefined;
    },
    () => `there are not ${count} spares`,
  );
}

describe('warm spares', () => {
  it('are handed out at once to requests without params, and replaced', async () => {
    const spawner = await startSpawner({ warm: 2, ports: { max: 4 }, maxLifetimeSeconds: 1 });
    const spares = await waitForSpares(spawner, 2);
    const { id } = await spawner.spawn();
    expect(spares.map((row) => row.id)).toContain(id);
    const other = await spawner.spawn({ model: 'm' });
    expect(spares.map((row) => row.id)).not.toContain(other.id);
    await waitForSpares(spawner, 2);
    // Its life is counted from when it was handed out; the spares go on.
    expect(await spawner.waitForState(id, 'dead')).toMatchObject({
      endedBecause: 'its lifetime of 1 s is over',
    });
    expect(await spawner.stop()).toBe(0);
  });

  it('give up their port before anybody is refused', async () => {
    const spawner = await startSpawner({ warm: 2, ports: { max: 2 } });
    await waitForSpares(spawner, 2);
    const own = await Promise.all([spawner.spawn({ model: 'a' }), spawner.spawn({ model: 'b' })]);
    expect(new Set(own.map(({ endpoint }) => endpoint)).size).toBe(2);
    expect(await spawner.json('POST', '/spawn', {})).toMatchObject({ status: 503 });
    for (const { id } of own) await spawner.ask('DELETE', `/api/spawns/${id}`);
    await waitForSpares(spawner, 2);
    expect(await spawner.stop()).toBe(0);
  });

  it('that cannot start are tried again more and more seldom, and keep no port', async () => {
    const spawner = await startSpawner({
      warm: 1,
      ports: { max: 1 },
      command: [process.execPath, '-e', 'process.exit(2)'],
    });
    const events = spawner.events();
    const timesOf = async (type: string): Promise<number[]> =>
      (await events.all()).filter((event) => event.type === type).map(({ at }) => Date.parse(at));
    const launched = await waitUntil(
      async () => {
        const times = await timesOf('spawn.launching');
        return times.length >= 3 ? times : undefined;
      },
      () => 'it was not tried again',
    );
    const died = await timesOf('spawn.dead');
    // How long a process takes to fail is its own affair; a busy machine makes a gap longer, never shorter.
    const gaps = [0, 1].map((at) => (launched[at + 1] ?? 0) - (died[at] ?? 0));
    expect(gaps[0]).toBeGreaterThanOrEqual(LEAST_GAPS_MS[0]);
    expect(gaps[1]).toBeGreaterThanOrEqual(LEAST_GAPS_MS[1]);
    expect(await spawner.stop()).toBe(0);
  });
});
