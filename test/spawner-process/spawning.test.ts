import { request as httpRequest } from 'node:http';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { waitUntil } from '../support/wait-until.ts';
import { isAlive } from '../support/marked-processes.ts';
import { request } from '../support/request.ts';
import { finish, portOf } from './spawner-end.ts';
import { about, COMMAND, type RunningSpawner, startSpawner } from './start-spawner.ts';

afterEach(async () => {
  await assertNoLeaks();
});

function say(port: number, word: string, more = ''): Promise<string> {
  const path = `/say?word=${word}&more=${encodeURIComponent(more)}`;
  return request(`http://127.0.0.1:${port}${path}`).then(({ body }) => body);
}

describe('a request for a server', () => {
  it('is answered once the server is ready, and its port comes back when it has disconnected', async () => {
    const spawner = await startSpawner({ env: { SECRET: 'of the license' } });
    const { id, endpoint, rendererType } = await spawner.spawn({ model: 'a b;"c' });
    expect(rendererType).toBe('csr');
    const port = portOf(endpoint);
    expect(endpoint).toBe(`ws://localhost:${port}`);
    const { argv, env, pid } = await about(port);
    expect(env).toBe('of the license');
    expect(argv).toEqual([
      ...['--id', id, '--sc-port', String(port), '--liveliness-endpoint'],
      expect.stringMatching(new RegExp(`^${spawner.url}/liveliness/[0-9a-f-]{36}$`)),
      ...['--behave=', '--model-file', 'a b;"c'],
    ]);
    expect(await spawner.rows()).toEqual([
      expect.objectContaining({ id, state: 'ready', port, pid, endedBecause: null }),
    ]);
    expect(await spawner.status()).toMatchObject({ usedSpawnPorts: 1, availableSpawnPorts: 3 });
    await request(`http://127.0.0.1:${port}/exit?code=0`);
    await spawner.waitForState(id, 'dead');
    await finish(spawner);
    const types = (await spawner.events().all()).map(({ type }) => type);
    expect(types).toEqual([
      'spawner.started',
      'spawn.launching',
      'spawn.ready',
      'spawn.dead',
      'spawner.ended',
    ]);
  });

  it('has the form of a service as well, and says what is wrong with it', async () => {
    const spawner = await startSpawner({
      publicHostname: 'viewer.example',
      rendererTypes: { ssr: false },
      command: [...COMMAND, '--session-token', '{params.token}', '--needed={params.needed}'],
    });
    const ask = async (path: string, body: unknown): Promise<unknown> => {
      const answer = await spawner.ask('POST', path, {
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return [answer.status, JSON.parse(answer.body)];
    };
    const failed = (status: number, reason: unknown, facts = {}): unknown => [
      status,
      { status: 'failed', reason, ...facts },
    ];
    const [status, body] = (await ask('/service', { class: 'csr_session' })) as [
      number,
      { serviceId: string; endpoints: { ws: string } },
    ];
    expect([status, body]).toEqual([
      200,
      {
        result: 'ok',
        serviceId: expect.any(String),
        endpoints: { ws: expect.stringMatching(/^ws:\/\/viewer\.example:\d+$/) },
      },
    ]);
    expect(await ask('/api/spawn', { class: 'ssr_session' })).toEqual(
      failed(403, 'Invalid rendering location'),
    );
    expect(await ask('/spawn', { rendererType: 'ssr' })).toEqual(
      failed(403, 'Invalid rendering location'),
    );
    expect(await ask('/service', { class: 'dsr_session' })).toEqual(
      failed(400, expect.stringContaining('class'), { field: 'class' }),
    );
    expect(await ask('/spawn', { params: [] })).toEqual(
      failed(400, 'params is not an object', { field: 'params' }),
    );
    expect(await ask('/spawn', '{"a":')).toEqual(failed(400, 'the body is not JSON'));
    for (const token of ['--ssr', '-x', 'a\0b'])
      expect(await ask('/spawn', { params: { token } })).toEqual(
        failed(400, expect.stringMatching(/^params\.token /), { field: 'params.token' }),
      );
    await spawner.ask('DELETE', `/api/spawns/${body.serviceId}`);
    await finish(spawner);
  });

  it('hands its params over as they are: no shell reads them, and nothing is expanded twice', async () => {
    const spawner = await startSpawner();
    for (const model of ['; rm -rf /', '$(id) `id` {port} {params.model}', '* ~ $HOME | &']) {
      const { endpoint } = await spawner.spawn({ model });
      const { argv } = await about(portOf(endpoint));
      expect(argv.at(-1)).toBe(model);
    }
    for (const { id } of await spawner.rows()) await spawner.ask('DELETE', `/api/spawns/${id}`);
    await finish(spawner);
  });

  it('fails with what is known when the server never gets ready', async () => {
    // A deadline that is over soon is over before a process of a busy machine has ended by itself.
    const [spawner, impatient] = await Promise.all([
      startSpawner(),
      startSpawner({ startDeadlineSeconds: 1 }),
    ]);
    const ask = (
      asked: RunningSpawner,
      behave: string,
    ): Promise<{ status: number; body: Record<string, unknown> }> =>
      asked.json('POST', '/spawn', { params: { behave } });
    const [exits, goodbye, never] = await Promise.all([
      ask(spawner, 'exits'),
      ask(spawner, 'says-goodbye'),
      ask(impatient, 'never-ready'),
    ]);
    expect(exits).toMatchObject({
      status: 502,
      body: { exitCode: 6, meaning: 'invalid license', output: ['warming up'] },
    });
    expect(exits?.body['reason']).toMatch(/failed: reason='invalid license', exit-code=6, id=/);
    expect(goodbye).toMatchObject({ status: 502, body: { exitCode: 0 } });
    expect(never).toMatchObject({ status: 504, body: { reason: 'not ready within 1 s' } });
    await Promise.all([finish(spawner), finish(impatient)]);
  });

  it('fails at once when there is no such program', async () => {
    const spawner = await startSpawner({ command: ['/no/such/program', '{port}'] });
    const answer = await spawner.json<{ reason: string }>('POST', '/spawn', {});
    expect(answer).toMatchObject({ status: 502, body: { exitCode: null } });
    expect(answer.body.reason).toContain('ENOENT');
    await finish(spawner);
  });

  it('is refused before a large body is read', async () => {
    const spawner = await startSpawner();
    const status = await new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        `${spawner.url}/spawn`,
        { method: 'POST', headers: { 'content-length': String(100 * 1024 * 1024) } },
        (incoming) => {
          resolve(incoming.statusCode);
          outgoing.destroy();
        },
      );
      outgoing.on('error', reject);
      // It does not even get all of it.
      outgoing.write(Buffer.alloc(64 * 1024));
    });
    expect(status).toBe(413);
    await finish(spawner);
  });
});

describe('a server that reports', () => {
  it('may say things twice, out of order, or of others, and nothing comes of it', async () => {
    const spawner = await startSpawner({}, { args: ['--set', 'ports.max=2'] });
    const { id, endpoint } = await spawner.spawn();
    const port = portOf(endpoint);
    const { argv } = await about(port);
    const base = argv[argv.indexOf('--liveliness-endpoint') + 1] ?? '';
    const post = async (path: string): Promise<[number, string]> => {
      const { status, body } = await request(path, { method: 'POST' });
      return [status, body];
    };
    for (const url of [`${base}/${id}`, `${base}${id}`, `${base}//${id}`])
      expect(await post(`${url}?liveliness=ping`)).toEqual([200, '']);
    expect(await post(`${base}/${id}?liveliness=ready`)).toEqual([200, '']);
    expect(await post(`${base}/${id}?liveliness=jump`)).toEqual([
      400,
      '{"error":"invalid liveliness value"}\n',
    ]);
    const unknown = [404, '{"error":"invalid spawnId."}\n'];
    const wrong = base.replace(/.{4}$/, 'zzzz');
    for (const url of [`${wrong}/${id}`, `${spawner.url}/liveliness/${id}`, `${base}/stranger`])
      expect(await post(`${url}?liveliness=disconnect`)).toEqual(unknown);
    expect(await post(`${spawner.url}/api/spawns/${id}?liveliness=ping`)).toEqual(unknown);
    expect((await spawner.rows())[0]).toMatchObject({ id, state: 'ready' });

    // It says goodbye, and goes on all the same.
    expect(await say(port, 'disconnect')).toBe('200');
    expect(await say(port, 'ping')).toBe('200');
    expect(await say(port, 'ready')).toBe('200');
    expect(await say(port, 'disconnect')).toBe('200');
    expect((await spawner.rows())[0]).toMatchObject({ id, state: 'disconnected' });
    expect(await spawner.status()).toMatchObject({ usedSpawnPorts: 1 });
    // Until its time is up.
    await spawner.waitForState(id, 'dead');
    await spawner.child.waitForLine(new RegExp(`liveliness disconnect: ${id}`));
    await spawner.child.waitForLine(/unknown id: stranger/);
    await spawner.child.waitForLine(new RegExp(`spawn ${id} exited with code: 0`));
    await finish(spawner);
  });

  it('may report by its id alone where that is allowed', async () => {
    const spawner = await startSpawner({ livelinessSecret: false });
    const { id, endpoint } = await spawner.spawn();
    const { argv } = await about(portOf(endpoint));
    expect(argv).toContain(`${spawner.url}/liveliness`);
    for (const url of [`/liveliness/${id}`, `/liveliness${id}`, `/api/spawns/${id}`])
      expect((await spawner.ask('POST', `${url}?liveliness=ping`)).status).toBe(200);
    expect((await spawner.ask('POST', `/liveliness/${id}?liveliness=disconnect`)).status).toBe(200);
    await spawner.ask('DELETE', `/api/spawns/${id}`);
    await finish(spawner);
  });
});

describe('a caller who hangs up', () => {
  it('cancels the server that was started for it, or the wait for a port', async () => {
    const spawner = await startSpawner({ ports: { max: 1 }, queue: { max: 5 } });
    const call = (behave: string): AbortController => {
      const end = new AbortController();
      const body = JSON.stringify({ params: { behave } });
      fetch(`${spawner.url}/spawn`, { method: 'POST', body, signal: end.signal }).catch(
        () => undefined,
      );
      return end;
    };
    const first = call('never-ready');
    const { pid } = await waitUntil(
      async () => (await spawner.rows()).find(({ state }) => state === 'launching'),
      () => 'nothing is launched',
    );
    const second = call('');
    const queueLength = (length: number): Promise<true> =>
      waitUntil(
        async () => ((await spawner.status()).queue.waiting.length === length ? true : undefined),
        () => `the queue is not ${length} long`,
      );
    await queueLength(1);
    second.abort();
    await queueLength(0);
    first.abort();
    const after = await spawner.waitUntilWhole();
    expect(after).toMatchObject({ availableSpawnPorts: 1, states: { dead: 1 } });
    expect(isAlive(pid)).toBe(false);
    expect((await spawner.rows())[0]).toMatchObject({ endedBecause: 'the caller has gone' });
    await finish(spawner);
  });
});
