import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { get as httpGet } from 'node:http';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { WebSocket } from 'ws';
import { runServer, type Session } from '../session-process/run-server.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { openControl } from '../support/open-control.ts';
import { type HttpAnswer, request, type RequestOptions } from '../support/request.ts';
import { type StartedChild, startNode } from '../support/start-child.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');

afterEach(async () => {
  await assertNoLeaks();
});

interface Dashboard {
  readonly child: StartedChild;
  readonly url: string;
  readonly keyFile: string;
  readonly key: string;
}

async function startDashboard(cwd: string, ...flags: readonly string[]): Promise<Dashboard> {
  const child = startNode([CLI, 'dashboard', '-p', '0', ...flags], { cwd });
  const [, url = '', keyFile = ''] = await child.waitForLine(/^dashboard: (\S+), key in (.+)$/);
  return { child, url, keyFile, key: readFileSync(keyFile, 'utf8').trim() };
}

function ask(
  { url, key }: Dashboard,
  path: string,
  options: RequestOptions = {},
): Promise<HttpAnswer> {
  return request(`${url}${path}`, { headers: { authorization: `Bearer ${key}` }, ...options });
}

async function startSession(folder: string, name: string): Promise<Session> {
  const stateDirectory = join(folder, '.vigil', name);
  await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
  const session = await runServer('acts.cjs', { flags: ['--state-dir', stateDirectory] });
  await session.ready();
  await openControl(stateDirectory);
  return session;
}

async function statesOf(dashboard: Dashboard): Promise<Record<string, string>> {
  const { sessions } = JSON.parse((await ask(dashboard, '/sessions')).body) as {
    sessions: { name: string; state: string }[];
  };
  return Object.fromEntries(sessions.map(({ name, state }) => [name, state]));
}

async function waitForStates(dashboard: Dashboard, states: Record<string, string>): Promise<void> {
  let seen = '';
  const read = async (): Promise<true | undefined> => {
    seen = JSON.stringify(await statesOf(dashboard));
    return seen === JSON.stringify(states) ? true : undefined;
  };
  await waitUntil(read, () => `the sessions are ${seen}`);
}

describe('vigil dashboard', () => {
  it('shows the sessions of its folder as they come and go, and passes on what is asked of one', async () => {
    const folder = await makeTempDirectory();
    const dashboard = await startDashboard(folder);
    expect(dashboard.keyFile).toBe(join(folder, '.vigil', 'dashboard.key'));
    expect(statSync(dashboard.keyFile).mode & 0o777).toBe(0o600);
    expect(await statesOf(dashboard)).toEqual({});
    const [web, api] = await Promise.all([
      startSession(folder, 'web'),
      startSession(folder, 'api'),
    ]);
    await waitForStates(dashboard, { api: 'running', web: 'running' });

    const status = JSON.parse((await ask(dashboard, '/session/web/status')).body);
    expect(status).toMatchObject({ monitorPid: web.vigil.pid, state: 'running' });
    const restarted = await ask(dashboard, '/session/web/restart', {
      method: 'POST',
      body: '{"force":true}',
    });
    expect([restarted.status, JSON.parse(restarted.body)]).toEqual([200, { generation: 2 }]);
    await web.act('/exit/3');
    const { id } = await web.event('crash.reported');
    expect(
      JSON.parse((await ask(dashboard, `/session/web/crashes/${String(id)}`)).body),
    ).toMatchObject({ id });
    expect(JSON.parse((await ask(dashboard, '/session/web/samples')).body)).toHaveProperty(
      'columns',
    );

    api.vigil.child.kill('SIGKILL');
    await api.vigil.waitForExit();
    await waitForStates(dashboard, { api: 'gone', web: 'running' });
    const dead = await ask(dashboard, '/session/api/status');
    expect([dead.status, JSON.parse(dead.body).error.code]).toEqual([
      502,
      'ERR_SESSION_NOT_RUNNING',
    ]);
    const metrics = await ask(dashboard, '/metrics');
    expect(metrics.body).toContain('vigil_dashboard_sessions{state="gone"} 1');
    expect((await web.stop()).code).toBe(0);
    await waitForStates(dashboard, { api: 'gone', web: 'ended' });
    await endOf(dashboard);
    expect(existsSync(dashboard.keyFile)).toBe(false);
  });

  it('lets nobody in without its key, and nobody reach what only the control socket has', async () => {
    const folder = await makeTempDirectory();
    const session = await startSession(folder, 'web');
    const dashboard = await startDashboard(folder, '-n', 'web');
    const nothing = { headers: {} };
    expect(await ask(dashboard, '/healthz', nothing)).toMatchObject({
      status: 200,
      body: 'alive\n',
    });
    expect(await ask(dashboard, '/readyz', nothing)).toMatchObject({ status: 200 });
    for (const path of ['/sessions', '/metrics', '/session/web/status', '/session/web/samples'])
      expect([path, (await ask(dashboard, path, nothing)).status]).toEqual([path, 401]);
    for (const path of ['/', '/session/web/', '/session/nobody/']) {
      const page = await ask(dashboard, path, nothing);
      expect([page.status, page.headers['content-type']]).toEqual([
        200,
        'text/html; charset=utf-8',
      ]);
    }
    const bare = await ask(dashboard, '/session/web', nothing);
    expect([bare.status, bare.headers.location]).toEqual([307, '/session/web/']);
    const page = await ask(dashboard, '/session/web/', nothing);
    const [, asset = ''] = /src="\.\/(assets\/[^"]+)"/.exec(page.body) ?? [];
    expect(await ask(dashboard, `/session/web/${asset}`, nothing)).toMatchObject({ status: 200 });

    const refusals = {
      '/session/nobody/status': 404,
      '/session/../sessions': 400,
      '/session/%2e%2e/status': 400,
      '/session/web/../web/status': 400,
      '/session/web%2f..%2fweb/status': 400,
      '/session/web/complete': 404,
      '/session/web//status': 400,
      '/live': 404,
    };
    for (const [path, status] of Object.entries(refusals))
      expect([path, (await askRaw(dashboard, path)).status]).toEqual([path, status]);
    const command = { method: 'POST', body: '{"line":"status"}' };
    expect(await ask(dashboard, '/session/web/command', command)).toMatchObject({ status: 404 });
    const foreign = {
      method: 'POST',
      headers: { authorization: `Bearer ${dashboard.key}`, origin: 'http://evil.example' },
    };
    expect(await ask(dashboard, '/session/web/stop', foreign)).toMatchObject({ status: 403 });
    expect(await ask(dashboard, '/sessions', { headers: { host: 'evil.example' } })).toMatchObject({
      status: 421,
    });
    await session.stop();
    await endOf(dashboard);
  });

  it('passes on the live feed with the key, and sends all away when it ends', async () => {
    const folder = await makeTempDirectory();
    const session = await startSession(folder, 'web');
    const keyFile = join(folder, 'key');
    writeFileSync(keyFile, 'a key of sixteen signs\n');
    const dashboard = await startDashboard(folder, '--key-file', 'key', '--read-only');
    expect(dashboard.keyFile).toBe(keyFile);
    expect(await ask(dashboard, '/session/web/status', { headers: {} })).toMatchObject({
      status: 200,
    });
    expect(
      await ask(dashboard, '/session/web/stop', { method: 'POST', headers: {} }),
    ).toMatchObject({ status: 401 });

    const live = dashboard.url.replace('http', 'ws');
    const wrong = new WebSocket(`${live}/session/web/live`, ['vigil.live', 'vigil.key.d3Jvbmc']);
    expect(await refusalOf(wrong)).toBe(401);
    expect(await refusalOf(new WebSocket(`${live}/session/none/live`, ['vigil.live']))).toBe(404);
    expect(await refusalOf(new WebSocket(`${live}/live`, ['vigil.live']))).toBe(404);

    const encoded = Buffer.from(dashboard.key).toString('base64url');
    const socket = new WebSocket(`${live}/session/web/live`, [
      'vigil.live',
      `vigil.key.${encoded}`,
    ]);
    const [first] = (await once(socket, 'message')) as [Buffer];
    expect(socket.protocol).toBe('vigil.live');
    expect(JSON.parse(first.toString())).toMatchObject({ type: 'snapshot' });
    const told = new Promise<void>((fulfil) => {
      socket.on('message', (data: Buffer) => {
        if (data.toString().includes('"worker.exited"')) fulfil();
      });
    });
    await session.act('/exit/3');
    await told;
    const closed = once(socket, 'close');
    await endOf(dashboard);
    const [code] = (await closed) as [number];
    expect(code).toBe(1001);
    expect(existsSync(keyFile)).toBe(true);
    expect((await session.stop()).code).toBe(0);
  });

  it('refuses a port that is none, a key that is too short, and a port that is taken', async () => {
    const folder = await makeTempDirectory();
    const badPort = await runVigil(['dashboard', '-p', '70000'], { cwd: folder });
    expect([badPort.code, badPort.stderr]).toEqual([
      64,
      'vigil: --port is a number from 0 to 65535, not "70000"\n',
    ]);
    writeFileSync(join(folder, 'key'), 'short\n');
    const badKey = await runVigil(['dashboard', '--key-file', 'key'], { cwd: folder });
    expect([badKey.code, badKey.stderr]).toEqual([
      64,
      expect.stringContaining('fewer than 16 characters'),
    ]);
    const dashboard = await startDashboard(folder);
    const taken = await runVigil(['dashboard', '-p', new URL(dashboard.url).port], { cwd: folder });
    expect([taken.code, taken.stderr]).toEqual([
      1,
      expect.stringContaining('the dashboard cannot listen on port'),
    ]);
    await endOf(dashboard);
  });
});

/** Like `ask`, with the path as it is: an address would be tidied up. */
function askRaw({ url, key }: Dashboard, path: string): Promise<HttpAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((fulfil, reject) => {
    const options = {
      hostname,
      port,
      path,
      agent: false,
      headers: { authorization: `Bearer ${key}` },
    };
    httpGet(options, (answer) => {
      answer.resume().on('end', () => {
        fulfil({ status: answer.statusCode ?? 0, headers: answer.headers, body: '' });
      });
    }).on('error', reject);
  });
}

async function refusalOf(socket: WebSocket): Promise<number | undefined> {
  socket.on('error', () => undefined);
  const [asked, answer] = (await once(socket, 'unexpected-response')) as [
    { destroy(): void },
    { statusCode?: number },
  ];
  asked.destroy();
  return answer.statusCode;
}

async function endOf({ child }: Dashboard): Promise<void> {
  child.kill('SIGTERM');
  expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
}
