import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { join } from 'node:path';
import { startNewConnections } from '../../bench/load/load-client.cjs';
import type { Session } from '../session-process/run-server.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { type NodeVersion, nodeVersions } from '../support/node-versions.ts';
import { request } from '../support/request.ts';
import { runOn } from './run-on.ts';

const HELD = /the monitor holds the listening sockets/;
const NOT_HELD = /the listening sockets are not held: this Node .*; connections are refused/;
const WITHOUT = join(__dirname, '../fixtures/held/without-underscores.cjs');
const HOST = '127.0.0.1';

afterEach(() => assertNoLeaks());

type Door = () => Promise<string>;

async function findDoors(
  session: Session,
  folder: string,
): Promise<{ port: number; doors: Record<string, Door> }> {
  const portOf = async (name: string): Promise<number> =>
    Number((await session.vigil.waitForLine(new RegExp(`${name} listens on (\\d+)\\.`)))[1]);
  const [http = 0, https = 0, http2 = 0, net = 0] = await Promise.all(
    ['http', 'https', 'http2', 'net'].map(portOf),
  );
  const socketPath = join(folder, 'door.sock');
  const doors = {
    http: async () => (await request(`http://${HOST}:${http}/`)).body,
    unix: async () => (await request('http://unix/', { socketPath })).body,
    https: () => askByHttps(https),
    http2: () => askByHttp2(http2),
    net: async () => readAll(connect(net, HOST)),
  };
  return { port: http, doors };
}

async function askByHttps(port: number): Promise<string> {
  const options = { host: HOST, port, agent: false, rejectUnauthorized: false };
  const asked = httpsRequest(options).end();
  const [response] = await once(asked, 'response');
  return readAll(response);
}

async function askByHttp2(port: number): Promise<string> {
  const session = connectHttp2(`http://${HOST}:${port}`);
  const body = await readAll(session.request({ ':path': '/' }));
  session.close();
  await once(session, 'close');
  return body;
}

async function readAll(stream: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

/** Asks at every door who is there. */
async function expectBehindAll(doors: Record<string, Door>, pid: unknown): Promise<void> {
  for (const [name, ask] of Object.entries(doors)) {
    expect([name, await ask()]).toEqual([name, String(pid)]);
  }
}

async function proveHeld(binary: string, file: string, flags: readonly string[]): Promise<void> {
  const { session, folder } = await runOn(binary, file, { flags });
  const first = await session.ready();
  await session.vigil.waitForLine(HELD);
  const { port, doors } = await findDoors(session, folder);
  await expectBehindAll(doors, first['pid']);
  const load = startNewConnections({ port }, { everyMs: 10 });

  process.kill(Number(first['pid']), 'SIGKILL');
  // With the process are lost at most those that were under way.
  const losable = load.underWay;
  const second = await session.ready(2);
  await expectBehindAll(doors, second['pid']);
  session.vigil.child.kill('SIGHUP');
  await session.event('reload.succeeded', 3);
  await expectBehindAll(doors, (await session.ready(3))['pid']);

  const { ok, reset, '5xx': told, ...others } = (await load.end()).counts;
  expect(others).toEqual({ late: 0, refused: 0, other: 0 });
  if (await session.wasSoonBack()) expect(told).toBe(0);
  expect(ok).toBeGreaterThan(10);
  expect(reset).toBeLessThanOrEqual(losable);
  await session.stop();
}

async function proveFallback(binary: string, nodeArgs: readonly string[]): Promise<void> {
  const flags = [`--node-arg=--require=${WITHOUT}`];
  const { session } = await runOn(binary, 'express.cjs', { nodeArgs, flags });
  const first = await session.ready();
  await session.vigil.waitForLine(NOT_HELD);
  const port = await session.port();
  const load = startNewConnections({ port: Number(port) }, { everyMs: 10, lateMs: 2000 });
  session.vigil.child.kill('SIGHUP');
  await session.event('reload.succeeded', 2);
  // The replacement came first. What Node's round robin has on its way to a process that ends, it may lose.
  const { ok, late: _lost, ...others } = (await load.end()).counts;
  expect(others).toEqual({ '5xx': 0, refused: 0, reset: 0, other: 0 });
  expect(ok).toBeGreaterThan(5);
  const { pid } = await session.ready(2);
  expect(pid).not.toBe(first['pid']);
  process.kill(Number(pid), 'SIGKILL');
  expect((await request(`http://${HOST}:${await portAgain(session, 3)}/`)).status).toBe(200);
  await session.stop();
}

async function portAgain(session: Session, generation: number): Promise<string> {
  await session.ready(generation);
  return session.port();
}

const present: NodeVersion = {
  version: process.versions.node,
  binary: process.execPath,
  it,
};

describe.each([present, ...nodeVersions])('on Node $version', ({ binary, it: itHere }) => {
  itHere.each([
    ['of a CommonJS server', 'every-door.cjs', []],
    ['of an ES module', 'every-door.mjs', []],
    ['of a plain child', 'every-door.cjs', ['--set', 'serverProcess="child"']],
  ])('every listener %s outlives a kill and a reload', (_whose, file, flags) =>
    proveHeld(binary, file, flags),
  );

  itHere(
    'a server is reloaded without a refused connection where the sockets cannot be held',
    async () => {
      await proveFallback(binary, ['--require', WITHOUT]);
    },
  );

  itHere('the same holds where only the server finds that out', async () => {
    await proveFallback(binary, []);
  });
});
