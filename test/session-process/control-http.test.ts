import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { type HttpAnswer, request, type RequestOptions } from '../support/request.ts';
import { runServer, type Session } from './run-server.ts';

afterEach(async () => {
  await assertNoLeaks();
});

interface Door {
  readonly url: string;
  readonly port: number;
  readonly key: string;
  readonly keyFile: string;
}

async function findDoor(session: Session): Promise<Door> {
  const isOwn = (event: { [name: string]: unknown }): boolean => event['pid'] === undefined;
  const opened = await session.event('control.opened', isOwn);
  const keyFile = String(opened['keyFile']);
  return {
    url: String(opened['url']),
    port: Number(opened['port']),
    key: readFileSync(keyFile, 'utf8').trim(),
    keyFile,
  };
}

function ask({ url, key }: Door, path: string, options: RequestOptions = {}): Promise<HttpAnswer> {
  return request(`${url}${path}`, { headers: { authorization: `Bearer ${key}` }, ...options });
}

describe('vigil run --http', () => {
  it('opens the control API to who has the session key, which lies in the state directory', async () => {
    const session = await runServer('acts.cjs', { flags: ['--http', '0'] });
    await session.ready();
    const door = await findDoor(session);
    expect(door.keyFile).toBe(join(session.vigil.stateDirectory, 'session.key'));
    expect(statSync(door.keyFile).mode & 0o777).toBe(0o600);
    await session.vigil.waitForLine(new RegExp(`control API: ${door.url}, key in `));
    expect(await session.vigil.status()).toMatchObject({
      control: { http: { host: '127.0.0.1', port: door.port, url: door.url } },
    });

    expect(await ask(door, '/healthz', { headers: {} })).toMatchObject({ status: 200 });
    expect(await ask(door, '/readyz', { headers: {} })).toMatchObject({ status: 200 });
    const wrong = { headers: { authorization: 'Bearer wrong' } };
    expect(await ask(door, '/status', wrong)).toMatchObject({ status: 401 });
    const rebound = { headers: { host: 'evil.example' } };
    expect(await ask(door, '/status', rebound)).toMatchObject({ status: 421 });

    await session.act('/exit/3');
    const { id } = await session.event('crash.reported');
    expect(JSON.parse((await ask(door, '/crashes')).body)).toMatchObject([{ id }]);
    expect(JSON.parse((await ask(door, `/crashes/${String(id)}`)).body)).toMatchObject({ id });
    expect(await ask(door, '/crashes/none')).toMatchObject({ status: 404 });
    await session.ready(2);
    const restarted = await ask(door, '/restart', { method: 'POST', body: '{"force":true}' });
    expect([restarted.status, JSON.parse(restarted.body)]).toEqual([200, { generation: 3 }]);
    expect(await ask(door, '/stop', { method: 'POST' })).toMatchObject({ status: 200 });
    expect((await session.ended()).code).toBe(0);
    expect(existsSync(door.keyFile)).toBe(false);
    expect(readFileSync(join(session.vigil.stateDirectory, 'events.jsonl'), 'utf8')).not.toContain(
      door.key,
    );
  });

  it('says 503 at /readyz while no server process is ready, and what the session does', async () => {
    const session = await runServer('never-listens.cjs', { flags: ['--http', '0'] });
    const door = await findDoor(session);
    const answer = await ask(door, '/readyz', { headers: {} });
    expect([answer.status, answer.body]).toEqual([503, 'starting\n']);
    await session.stop();
  });

  it('runs without it when the port is taken, and says so', async () => {
    const taken = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const session = await runServer('acts.cjs', { flags: ['--http', String(port)] });
    await session.ready();
    expect((await session.event('control.failed'))['reason']).toContain('EADDRINUSE');
    await session.vigil.waitForLine(/no control API over TCP: .*EADDRINUSE/);
    expect(await session.vigil.status()).toMatchObject({ control: { http: null } });
    expect((await session.stop()).code).toBe(0);
    taken.close();
  });

  it('keeps its port when the monitor is replaced, with the key of the new one', async () => {
    const old = await runServer('acts.cjs', { flags: ['--http', '0'] });
    await old.ready();
    const door = await findDoor(old);
    const successor = await runServer('acts.cjs', {
      flags: ['--state-dir', old.vigil.stateDirectory, '--take-over', '--http', String(door.port)],
    });
    await successor.vigil.waitForLine(/control API: http/);
    expect((await old.vigil.waitForExit()).code).toBe(0);
    expect(await ask(door, '/status')).toMatchObject({ status: 401 });
    const key = readFileSync(door.keyFile, 'utf8').trim();
    const status = await ask({ ...door, key }, '/status');
    expect(JSON.parse(status.body)).toMatchObject({
      monitorPid: successor.vigil.pid,
      control: { http: { port: door.port } },
    });
    expect((await successor.vigil.stop()).code).toBe(0);
    expect(existsSync(door.keyFile)).toBe(false);
  });

  it('warns of a key that would cross the network as it is', async () => {
    const set = ['control.http={"port":0,"host":"0.0.0.0"}'];
    const session = await runServer('acts.cjs', { set });
    await session.ready();
    await session.vigil.waitForLine(/control\.http listens on 0\.0\.0\.0, without TLS/);
    expect((await findDoor(session)).url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect((await session.stop()).code).toBe(0);
  });
});
