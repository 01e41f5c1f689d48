import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { listMarkedProcesses } from '../support/marked-processes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { finish } from './spawner-end.ts';
import { type SpawnedInfo, startSpawner } from './start-spawner.ts';

afterEach(async () => {
  await assertNoLeaks();
});

describe('many requests at once', () => {
  it('get one port each as far as they go; the others are told at once', async () => {
    const spawner = await startSpawner({ ports: { max: 32 }, livelinessIntervalSeconds: 5 });
    const answers = await Promise.all(
      Array.from({ length: 1000 }, () =>
        spawner.json<SpawnedInfo & { reason?: string }>('POST', '/spawn', {}),
      ),
    );
    const served = answers.filter(({ status }) => status === 201).map(({ body }) => body);
    expect(new Set(served.map(({ endpoint }) => endpoint)).size).toBe(32);
    expect(served).toHaveLength(32);
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(968);
    expect(new Set(refused.map(({ body }) => body.reason))).toEqual(
      new Set(['No ports available']),
    );
    for (const { id } of served) await spawner.ask('DELETE', `/api/spawns/${id}`);
    expect(await spawner.waitUntilWhole()).toMatchObject({ availableSpawnPorts: 32 });
    // The spawner alone is left.
    expect(listMarkedProcesses()).toHaveLength(1);
    await finish(spawner);
  }, 60_000);

  it('wait in the order in which they came, as long as they may', async () => {
    const spawner = await startSpawner({
      ports: { max: 1 },
      queue: { max: 2, waitSeconds: 4 },
    });
    const first = await spawner.spawn();
    const ask = (): Promise<{ status: number; body: SpawnedInfo & { reason: string } }> =>
      spawner.json('POST', '/spawn', {});
    const queueLength = (length: number): Promise<true> =>
      waitUntil(
        async () => ((await spawner.status()).queue.waiting.length === length ? true : undefined),
        () => `the queue is not ${length} long`,
      );
    const second = ask();
    await queueLength(1);
    const third = ask();
    await queueLength(2);
    expect(await ask()).toMatchObject({ status: 503, body: { reason: 'No ports available' } });
    await spawner.ask('DELETE', `/api/spawns/${first.id}`);
    const served = await second;
    expect(served).toMatchObject({ status: 201, body: { endpoint: first.endpoint } });
    expect(await third).toMatchObject({
      status: 503,
      body: { reason: 'Timed out in the queue' },
    });
    await spawner.ask('DELETE', `/api/spawns/${served.body.id}`);
    await finish(spawner);
  });

  it('share one server when they are equal and the configuration says so', async () => {
    const spawner = await startSpawner({ singleFlight: true });
    const [a, b, other] = await Promise.all([
      spawner.spawn({ model: 'm' }),
      spawner.spawn({ model: 'm' }),
      spawner.spawn({ model: 'n' }),
    ]);
    expect(a).toEqual(b);
    expect(other.id).not.toBe(a.id);
    const later = await spawner.spawn({ model: 'm' });
    expect(later.id).not.toBe(a.id);
    for (const { id } of await spawner.rows()) await spawner.ask('DELETE', `/api/spawns/${id}`);
    await finish(spawner);
  });
});
