import { createServer } from 'node:net';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { isAlive } from '../support/marked-processes.ts';
import { request } from '../support/request.ts';
import { waitUntil } from '../support/wait-until.ts';
import { finish, portOf } from './spawner-end.ts';
import { about, startSpawner } from './start-spawner.ts';

afterEach(async () => {
  await assertNoLeaks();
});

describe('a server that lives and says nothing', () => {
  it('becomes suspect, gets SIGTERM and, when it ignores that, SIGKILL', async () => {
    const spawner = await startSpawner({ livelinessIntervalSeconds: 0.1 });
    const [{ id, endpoint }, obedient] = await Promise.all([
      spawner.spawn({ behave: 'ignores-term' }),
      spawner.spawn({ behave: 'silent' }),
    ]);
    await request(`http://127.0.0.1:${portOf(endpoint)}/silent`);
    const events = spawner.events();
    for (const state of ['suspect', 'terminating', 'killed'])
      await events.waitFor(`spawn.${state}`, (event) => event['id'] === id);
    const dead = await events.waitFor('spawn.dead', (event) => event['id'] === id);
    expect(dead['end']).toMatchObject({ signal: 'SIGKILL', cause: 'hang' });
    expect((await spawner.rows()).find((row) => row.id === id)).toMatchObject({
      endedBecause: expect.stringMatching(/^silent for /),
    });
    // The other one took the first hint.
    await events.waitFor('spawn.dead', (event) => event['id'] === obedient.id);
    const types = (await events.all())
      .filter((event) => event['id'] === obedient.id)
      .map(({ type }) => type);
    expect(types).toEqual(
      ['launching', 'ready', 'suspect', 'terminating', 'dead'].map((state) => `spawn.${state}`),
    );
    await finish(spawner);
  });

  it('is ready again when it is heard of in time', async () => {
    const spawner = await startSpawner({ livelinessIntervalSeconds: 2 });
    const { id, endpoint } = await spawner.spawn({ behave: 'silent' });
    await spawner.waitForState(id, 'suspect');
    await request(`http://127.0.0.1:${portOf(endpoint)}/say?word=ping`);
    expect((await spawner.rows())[0]).toMatchObject({ id, state: 'ready' });
    await spawner.ask('DELETE', `/api/spawns/${id}`);
    await finish(spawner);
  });
});

describe('the port of a server', () => {
  it('comes back when the server crashes without a word', async () => {
    const spawner = await startSpawner({ ports: { max: 1 } });
    const { id, endpoint } = await spawner.spawn();
    const none = await spawner.json('POST', '/spawn', {});
    expect(none).toEqual({
      status: 503,
      body: { status: 'failed', reason: 'No ports available' },
    });
    await request(`http://127.0.0.1:${portOf(endpoint)}/crash`);
    const row = await spawner.waitForState(id, 'dead');
    expect(row.endedBecause).toContain('SIGKILL');
    expect((await spawner.spawn()).endpoint).toBe(endpoint);
    for (const { id: each } of await spawner.rows())
      await spawner.ask('DELETE', `/api/spawns/${each}`);
    await finish(spawner);
  });

  it('comes back when what held it is gone, also when the server itself had ended long before', async () => {
    const spawner = await startSpawner({ ports: { max: 1 }, queue: { max: 1 } });
    const { id } = await spawner.spawn({ behave: 'leaves-port' });
    await spawner.waitForState(id, 'dead');
    // Waits for the port, and finds it free.
    const next = await spawner.spawn();
    expect(await about(portOf(next.endpoint))).toMatchObject({ pid: expect.any(Number) });
    await spawner.ask('DELETE', `/api/spawns/${next.id}`);
    await finish(spawner);
  });

  it('is not handed out while a stranger holds it', async () => {
    const spawner = await startSpawner({ ports: { max: 2 } });
    const begin = (await spawner.spawn()).endpoint;
    const stranger = createServer();
    const other = portOf(begin) + 1;
    await new Promise<void>((resolve) => stranger.listen(other, '127.0.0.1', resolve));
    try {
      expect(await spawner.json('POST', '/spawn', {})).toMatchObject({ status: 503 });
      expect(await spawner.status()).toMatchObject({ usedSpawnPorts: 1, availableSpawnPorts: 1 });
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
    expect((await spawner.spawn()).endpoint).toBe(`ws://localhost:${other}`);
    for (const { id } of await spawner.rows()) await spawner.ask('DELETE', `/api/spawns/${id}`);
    await finish(spawner);
  });
});

describe('the end of a spawner', () => {
  it('is told at once to those who wait for a port, however long the servers take', async () => {
    const spawner = await startSpawner({ ports: { max: 1 }, queue: { max: 1, waitSeconds: 60 } });
    await spawner.spawn({ behave: 'ignores-term' });
    const [row] = await spawner.rows();
    const waiting = spawner.json('POST', '/spawn', {});
    await waitUntil(
      async () => ((await spawner.status()).queue.waiting.length === 1 ? true : undefined),
      () => 'nobody waits',
    );
    spawner.child.kill('SIGTERM');
    const reason = 'The spawner is shutting down';
    expect(await waiting).toMatchObject({ status: 503, body: { reason } });
    const { pid = 0 } = row ?? {};
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
    expect(await spawner.child.waitForExit()).toMatchObject({ code: 0 });
  });

  it('is that of all its servers, whatever they do, and of those who wait', async () => {
    const spawner = await startSpawner({ ports: { max: 3 }, queue: { max: 5, waitSeconds: 60 } });
    const [obedient, stubborn] = await Promise.all([
      spawner.spawn(),
      spawner.spawn({ behave: 'ignores-term' }),
    ]);
    const pids = (await spawner.rows()).map(({ pid }) => pid);
    const launching = spawner.json('POST', '/spawn', { params: { behave: 'never-ready' } });
    await waitUntil(
      async () => ((await spawner.status()).states['launching'] === 1 ? true : undefined),
      () => 'nothing is launched',
    );
    const waiting = spawner.json('POST', '/spawn', {});
    await waitUntil(
      async () => ((await spawner.status()).queue.waiting.length === 1 ? true : undefined),
      () => 'nobody waits',
    );
    expect(await spawner.json('POST', '/api/shutdown')).toEqual({
      status: 200,
      body: { status: 'ok', message: 'Server is shutting down' },
    });
    const reason = 'The spawner is shutting down';
    for (const answer of await Promise.all([launching, waiting]))
      expect(answer).toMatchObject({ status: 503, body: { status: 'failed', reason } });
    expect(await spawner.child.waitForExit(20_000)).toMatchObject({ code: 0 });
    expect(pids.filter(isAlive)).toEqual([]);
    const events = await spawner.events().all();
    const ends = events.filter(({ type }) => type === 'spawn.dead');
    expect(ends).toHaveLength(3);
    expect(ends.map((event) => event['id'])).toEqual(
      expect.arrayContaining([obedient.id, stubborn.id]),
    );
  });
});
