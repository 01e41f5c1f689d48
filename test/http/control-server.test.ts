import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlClient } from '../../lib/http/control-client.ts';
import type { ControlLimits } from '../../lib/http/http-door.ts';
import { ControlServer } from '../../lib/http/control-server.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { FakePort } from './fake-port.ts';

let root: string;
let stateDirectory: string;
let clock: ManualClock;
let port: FakePort;
let client: ControlClient;
const servers: ControlServer[] = [];
const sockets: Socket[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vigil-control-'));
  stateDirectory = join(root, 'state');
  clock = new ManualClock();
  port = new FakePort();
  client = new ControlClient(stateDirectory, { sessionName: 'shop' });
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  // A client that stays keeps `close` waiting for its deadline, which this clock never reaches by itself.
  const closing = servers.splice(0).map((server) => server.close());
  clock.advance(60_000);
  await Promise.all(closing);
  rmSync(root, { recursive: true, force: true });
});

function createControlServer(limits: Partial<ControlLimits> = {}): ControlServer {
  const server = new ControlServer({ stateDirectory, port, clock, limits });
  servers.push(server);
  return server;
}

async function listen(limits: Partial<ControlLimits> = {}): Promise<ControlServer> {
  const server = createControlServer(limits);
  await server.listen();
  return server;
}

async function open(path: string): Promise<Socket> {
  const socket = connect({ path });
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes as they are and returns all that comes back. */
async function sendRaw(path: string, text: string): Promise<string> {
  const socket = await open(path);
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: vigil\r\n\r\n`;
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(setImmediate);
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

describe('the control socket', () => {
  it('is open to its user alone, in a directory that is as well', async () => {
    mkdirSync(stateDirectory, { mode: 0o755 });
    const server = await listen();
    expect(server.path).toBe(join(stateDirectory, 'control.sock'));
    expect(modeOf(stateDirectory)).toBe(0o700);
    expect(modeOf(String(server.path))).toBe(0o600);
  });

  it('leaves the umask of the process as it was', async () => {
    const before = process.umask();
    await listen();
    expect(process.umask()).toBe(before);
  });

  it('replaces the file of a monitor that is gone', async () => {
    mkdirSync(stateDirectory);
    writeFileSync(join(stateDirectory, 'control.sock'), 'left over');
    await listen();
    expect(await client.request('GET', '/status')).toEqual({ name: 'shop', state: 'running' });
  });

  it('is refused with ERR_SESSION_RUNNING while another monitor answers, which goes on', async () => {
    await listen();
    await expect(createControlServer().listen()).rejects.toMatchObject({
      code: 'ERR_SESSION_RUNNING',
    });
    servers.pop();
    expect(await client.request('GET', '/status')).toMatchObject({ name: 'shop' });
  });

  it('is removed by close, and can then be opened anew', async () => {
    const server = await listen();
    const path = String(server.path);
    await server.close();
    expect(existsSync(path)).toBe(false);
    await listen();
    expect(await client.request('GET', '/status')).toMatchObject({ name: 'shop' });
  });

  it('of a successor survives the close of the one before', async () => {
    const first = await listen();
    const path = String(first.path);
    rmSync(path);
    await listen();
    await first.close();
    expect(existsSync(path)).toBe(true);
    expect(await client.request('GET', '/status')).toMatchObject({ name: 'shop' });
  });

  it('that cannot be made is refused with ERR_STATE_DIRECTORY', async () => {
    writeFileSync(stateDirectory, 'a file');
    const server = createControlServer();
    await expect(server.listen()).rejects.toMatchObject({ code: 'ERR_STATE_DIRECTORY' });
    servers.pop();
  });
});

describe('the control API', () => {
  it.each([
    ['GET', '/status', undefined, { name: 'shop', state: 'running' }],
    ['GET', '/explain', undefined, { nextAction: 'none' }],
    ['GET', '/complete?line=res', undefined, [['restart'], 'res']],
    ['POST', '/command', { line: 'status' }, { ok: true, output: 'ran 6' }],
    ['POST', '/restart', { force: true }, { ok: true }],
    ['POST', '/stop', undefined, { ok: true }],
    ['POST', '/kill', undefined, { ok: true }],
    ['POST', '/reload', undefined, { ok: false, reason: 'probe failed', code: 'ERR_PROBE_FAILED' }],
    ['POST', '/set', { path: 'polling.route', value: '/up' }, '/up'],
    ['POST', '/test-alert', undefined, { queued: 1 }],
  ] as const)('answers %s %s', async (method, path, body, answer) => {
    await listen();
    expect(await client.request(method, path, body)).toEqual(answer);
  });

  it('hands the session what was asked for, with the defaults', async () => {
    await listen();
    await client.request('POST', '/restart', { force: true });
    await client.request('POST', '/stop');
    await client.request('POST', '/set', { path: 'a.b', value: false });
    expect(port.calls).toEqual([
      ['restart', { force: true }],
      ['stop', { force: false }],
      ['set', 'a.b', false],
    ]);
  });

  it.each([
    ['POST', '/command', {}, 400],
    ['POST', '/command', { line: 7 }, 400],
    ['POST', '/restart', { force: 'yes' }, 400],
    ['POST', '/set', { value: 1 }, 400],
    ['POST', '/command', [1], 400],
    ['GET', '/events?n=-1', undefined, 400],
    ['GET', '/nothing', undefined, 404],
    ['GET', '/restart', undefined, 404],
    ['POST', '/status', {}, 404],
    ['GET', '/../../etc/passwd', undefined, 404],
    ['GET', '/%2e%2e/%00', undefined, 404],
  ] as const)('refuses %s %s with %j', async (method, path, body, status) => {
    await listen();
    await expect(client.request(method, path, body)).rejects.toMatchObject({
      code: 'ERR_CONTROL',
      cause: { status, code: 'ERR_CONTROL_REQUEST' },
    });
    expect(port.calls).toEqual([]);
  });

  it('refuses a body that is not JSON with 400', async () => {
    const server = await listen();
    const answer = await sendRaw(
      String(server.path),
      'POST /restart HTTP/1.1\r\nhost: vigil\r\ncontent-length: 5\r\n\r\n{"a":',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('ERR_CONTROL_REQUEST');
  });

  it('takes a command line just under 1 MB and refuses a larger body with 413', async () => {
    await listen();
    expect(await client.request('POST', '/command', { line: 'x'.repeat(1_000_000) })).toMatchObject(
      { ok: true },
    );
    await expect(
      client.request('POST', '/command', { line: 'x'.repeat(1_100_000) }),
    ).rejects.toMatchObject({
      cause: { status: 413 },
    });
  });

  it.each([
    ['without a body', 'POST /restart HTTP/1.1\r\nhost: vigil\r\n\r\n', { force: false }],
    [
      'in chunks',
      'POST /restart HTTP/1.1\r\nhost: vigil\r\ntransfer-encoding: chunked\r\n\r\nf\r\n{"force": true}\r\n0\r\n\r\n',
      { force: true },
    ],
  ])('takes a request %s', async (_how, request, options) => {
    const server = await listen();
    expect(await sendRaw(String(server.path), request)).toMatch(/^HTTP\/1\.1 200 /);
    expect(port.calls).toEqual([['restart', options]]);
  });

  it('refuses a large body that does not tell its length', async () => {
    const server = await listen({ maxBodyBytes: 1000 });
    const chunk = `${(500).toString(16)}\r\n${'x'.repeat(500)}\r\n`;
    const answer = await sendRaw(
      String(server.path),
      `POST /command HTTP/1.1\r\nhost: vigil\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(4)}0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it.each([
    ['ERR_RELOAD_IN_PROGRESS', 409],
    ['ERR_CONFIG_INVALID', 400],
    ['ERR_SOMETHING', 500],
  ])('answers an error of the session with code %s by status %i', async (code, status) => {
    port.testAlert = () => Promise.reject(Object.assign(new Error('cannot'), { code }));
    await listen();
    await expect(client.request('POST', '/test-alert')).rejects.toMatchObject({
      message: 'cannot',
      cause: { code, status },
    });
  });

  it('answers 500 when the state cannot be told, and goes on', async () => {
    await listen();
    port.status = () => ({ size: 1n });
    await expect(client.request('GET', '/status')).rejects.toMatchObject({
      cause: { status: 500 },
    });
    expect(await client.request('GET', '/explain')).toEqual({ nextAction: 'none' });
  });

  it('answers stop although the session closes the socket at once', async () => {
    const server = await listen();
    port.stop = async () => {
      setImmediate(() => void server.close());
      return { ending: true };
    };
    expect(await client.request('POST', '/stop')).toEqual({ ending: true });
    await server.close();
  });

  it('answers bytes that are no HTTP with 400', async () => {
    const server = await listen();
    expect(await sendRaw(String(server.path), '\0\x01garbage\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await client.request('GET', '/status')).toMatchObject({ name: 'shop' });
  });
});

describe('a bad client', () => {
  it.each([
    ['sends nothing', ''],
    ['sends half a head', 'GET /status HTTP/1.1\r\nho'],
    ['sends half a body', 'POST /set HTTP/1.1\r\nhost: vigil\r\ncontent-length: 100\r\n\r\n{"path'],
  ])('that %s is cut off at the request deadline', async (_title, text) => {
    const server = await listen();
    const socket = await open(String(server.path));
    socket.resume();
    socket.write(text);
    await until(() => server.load.connections === 1);
    // The whole of the text is there once a later client has been answered.
    await client.request('GET', '/status');
    clock.advance(10_000);
    await once(socket, 'close');
    await until(() => server.load.connections === 0);
  });

  it('is not cut off while the session works on its request', async () => {
    const server = await listen();
    let finish: (value: unknown) => void = () => undefined;
    port.testAlert = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    const answer = client.request('POST', '/test-alert');
    await until(() => server.load.connections === 1);
    await client.request('GET', '/status');
    clock.advance(60_000);
    finish({ queued: 2 });
    expect(await answer).toEqual({ queued: 2 });
  });

  it('that leaves its answer lying is given up', async () => {
    port.status = () => 'x'.repeat(8_000_000);
    const server = await listen({ stalledReaderMs: 50 });
    const socket = await open(String(server.path));
    socket.pause();
    socket.write(get('/status'));
    await until(() => server.load.connections === 1);
    await until(() => server.load.connections === 0);
  });

  it('too many are refused, and counted', async () => {
    const server = await listen({ maxConnections: 2 });
    await open(String(server.path));
    await open(String(server.path));
    await until(() => server.load.connections === 2);
    const third = await open(String(server.path));
    third.resume();
    await once(third, 'close');
    expect(server.load).toMatchObject({ connections: 2, dropped: 1 });
  });

  it('does not hold up close beyond its deadline', async () => {
    const server = await listen();
    port.testAlert = () => new Promise(() => undefined);
    const lost = client.request('POST', '/test-alert');
    await until(() => server.load.connections === 1);
    await client.request('GET', '/status');
    const closed = server.close();
    clock.advance(1_000);
    await closed;
    await expect(lost).rejects.toMatchObject({ code: 'ERR_SESSION_NOT_RUNNING' });
  });
});

describe('GET /events', () => {
  async function readAll(path: string): Promise<unknown[]> {
    const lines: unknown[] = [];
    for await (const line of client.lines(path, new AbortController().signal)) lines.push(line);
    return lines;
  }

  it('gives the last n events and ends', async () => {
    port.past = [{ seq: 1 }, { seq: 2 }, { seq: 3 }];
    await listen();
    expect(await readAll('/events?n=2')).toEqual([{ seq: 2 }, { seq: 3 }]);
    expect(await readAll('/events?n=0')).toEqual([]);
    expect(await readAll('/events')).toHaveLength(3);
  });

  it('goes on with what comes, and lets go of the session when the client goes', async () => {
    port.past = [{ seq: 1 }];
    const server = await listen();
    const end = new AbortController();
    const seen: unknown[] = [];
    for await (const line of client.lines('/events?follow=1', end.signal)) {
      seen.push(line);
      if (seen.length < 3) port.publish({ seq: seen.length + 1 });
      else end.abort();
    }
    expect(seen).toEqual([{ seq: 1 }, { seq: 2 }, { seq: 3 }]);
    await until(() => server.load.followers === 0 && port.readers === 0);
  });

  it('ends for its readers when the session closes', async () => {
    const server = await listen();
    const reading = readAll('/events?follow=1');
    await until(() => server.load.followers === 1);
    await server.close();
    expect(await reading).toEqual([]);
    expect(port.readers).toBe(0);
  });

  it('tells in its last line that the source has failed', async () => {
    port.followEvents = async function* () {
      yield { seq: 1 };
      throw new Error('no more');
    };
    await listen();
    expect(await readAll('/events?follow=1')).toEqual([
      { seq: 1 },
      { type: 'stream.failed', reason: 'no more' },
    ]);
  });

  it('refuses one reader too many with ERR_CONTROL_BUSY, while other requests get through', async () => {
    const server = await listen({ maxFollowers: 1 });
    void readAll('/events?follow=1').catch(() => undefined);
    await until(() => server.load.followers === 1);
    await expect(readAll('/events?follow=1')).rejects.toMatchObject({
      cause: { status: 503, code: 'ERR_CONTROL_BUSY' },
    });
    expect(await client.request('GET', '/status')).toMatchObject({ name: 'shop' });
  });

  it('serves 1,000 readers of which one never reads, and lets go of that one', async () => {
    const server = await listen({ maxQueuedBytes: 64 * 1024 });
    const counts = new Array<number>(999).fill(0);
    for (const index of counts.keys()) {
      const socket = await open(String(server.path));
      socket.on('data', (chunk: Buffer) => {
        for (let at = chunk.indexOf(0x7e); at !== -1; at = chunk.indexOf(0x7e, at + 1)) {
          counts[index] = (counts[index] ?? 0) + 1;
        }
      });
      socket.write(get('/events?follow=1&n=0'));
    }
    const silent = await open(String(server.path));
    silent.pause();
    silent.write(get('/events?follow=1&n=0'));
    await until(() => port.readers === 1000);

    const padding = 'x'.repeat(16_000);
    for (let seq = 1; seq <= 25; seq++) {
      port.publish({ seq, mark: '~', padding });
      await until(() => counts.every((count) => count >= seq));
    }
    expect(server.load).toMatchObject({ dropped: 1 });
    expect(port.readers).toBe(999);
    clock.advance(10_000);
    await until(() => server.load.connections === 999);
    expect(await client.request('GET', '/status')).toMatchObject({ name: 'shop' });
  });

  it('tells a slow reader in its last line that it was let go', async () => {
    const server = await listen({ maxQueuedBytes: 1024 });
    const socket = await open(String(server.path));
    socket.pause();
    socket.write(get('/events?follow=1&n=0'));
    await until(() => port.readers === 1);
    for (let seq = 0; server.load.dropped === 0; seq++) {
      port.publish({ seq, padding: 'x'.repeat(10_000) });
      await new Promise(setImmediate);
    }
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.resume();
    await once(socket, 'close');
    expect(text).toMatch(/"type":"stream\.dropped".*\n/);
    expect(port.readers).toBe(0);
  });
});

describe('ControlClient', () => {
  it('tells with ERR_SESSION_NOT_RUNNING which session is not running and what to do', async () => {
    await expect(client.request('GET', '/status')).rejects.toMatchObject({
      code: 'ERR_SESSION_NOT_RUNNING',
      message: expect.stringMatching(/"shop" is not running.*vigil run/),
    });
    const lines = client.lines('/events', new AbortController().signal);
    await expect(lines.next()).rejects.toMatchObject({ code: 'ERR_SESSION_NOT_RUNNING' });
  });

  it('takes a file that no process listens on for a session that is not running', async () => {
    mkdirSync(stateDirectory);
    writeFileSync(join(stateDirectory, 'control.sock'), '');
    await expect(client.request('GET', '/status')).rejects.toMatchObject({
      code: 'ERR_SESSION_NOT_RUNNING',
    });
  });

  it('gives up at its deadline when the monitor is silent', async () => {
    mkdirSync(stateDirectory);
    const silent = createServer((socket) => sockets.push(socket));
    silent.listen(join(stateDirectory, 'control.sock'));
    await once(silent, 'listening');
    const patient = new ControlClient(stateDirectory, { clock, timeoutMs: 500 });
    const answer = patient.request('GET', '/status');
    await once(silent, 'connection');
    clock.advance(500);
    await expect(answer).rejects.toMatchObject({
      code: 'ERR_CONTROL',
      message: expect.stringContaining('0.5 s'),
    });
    expect(clock.waiting).toBe(0);
    silent.close();
  });

  it('tells that the session ended when the connection is lost before the answer', async () => {
    mkdirSync(stateDirectory);
    const rude = createServer((socket) => {
      socket
        .resume()
        .once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{'));
    });
    rude.listen(join(stateDirectory, 'control.sock'));
    await once(rude, 'listening');
    await expect(client.request('GET', '/status')).rejects.toMatchObject({
      code: 'ERR_SESSION_NOT_RUNNING',
    });
    rude.close();
  });

  it('refuses an answer that is not JSON with ERR_CONTROL', async () => {
    mkdirSync(stateDirectory);
    const other = createServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'));
    });
    other.listen(join(stateDirectory, 'control.sock'));
    await once(other, 'listening');
    await expect(client.request('GET', '/status')).rejects.toMatchObject({ code: 'ERR_CONTROL' });
    other.close();
  });
});
