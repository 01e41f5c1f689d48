import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { ControlRoute } from '../../lib/http/control-route.ts';
import { createControlRoutes } from '../../lib/http/control-routes.ts';
import type { FrontServerOptions } from '../../lib/http/front-server.ts';
import { FrontServer } from '../../lib/http/front-server.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { FakePort } from './fake-port.ts';

const KEY = 'the key of the session';
const WITH_KEY = `authorization: Bearer ${KEY}\r\n`;
const PAGE: ControlRoute = {
  method: 'GET',
  path: '/page',
  access: 'open',
  handle: () => ({
    kind: 'text',
    body: '<p>',
    contentType: 'text/html',
    headers: { 'content-security-policy': "default-src 'self'" },
  }),
};

let clock: ManualClock;
let port: FakePort;
let ended: AbortController;
const fronts: FrontServer[] = [];
const sockets: Socket[] = [];

beforeEach(() => {
  clock = new ManualClock();
  port = new FakePort();
  ended = new AbortController();
});

afterEach(async () => {
  ended.abort();
  for (const socket of sockets.splice(0)) socket.destroy();
  const closing = fronts.splice(0).map((front) => front.close());
  clock.advance(60_000);
  await Promise.all(closing);
});

interface Front {
  readonly server: FrontServer;
  readonly port: number;
}

async function listen(options: Partial<FrontServerOptions> = {}): Promise<Front> {
  const server = new FrontServer({
    port: 0,
    host: '127.0.0.1',
    isReadOnly: false,
    sessionKey: KEY,
    routes: () => createControlRoutes(Object.assign(port, { takeOver: {} as never }), [PAGE]),
    clock,
    ...options,
  });
  fronts.push(server);
  const { port: number } = await server.listen();
  return { server, port: number };
}

async function open(front: Front): Promise<Socket> {
  const socket = connect({ port: front.port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes as they are and returns all that comes back. */
async function sendRaw(front: Front, text: string): Promise<string> {
  const socket = await open(front);
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

async function ask(front: Front, line: string, headers = ''): Promise<Answer> {
  const host = /^host:/im.test(headers) ? '' : 'host: localhost\r\n';
  const text = await sendRaw(front, `${line} HTTP/1.1\r\n${host}${headers}\r\n`);
  const [head = '', body = ''] = text.split(/\r\n\r\n([^]*)/);
  return { status: Number(head.split(' ')[1]), headers: head.toLowerCase(), body };
}

async function statusOf(front: Front, line: string, headers = ''): Promise<number> {
  return (await ask(front, line, headers)).status;
}

/** A test that has failed meanwhile waits no longer. */
async function until(isTrue: () => boolean): Promise<void> {
  const { signal } = ended;
  while (!isTrue()) {
    signal.throwIfAborted();
    await new Promise(setImmediate);
  }
}

describe('the front over TCP', () => {
  it.each([
    ['GET /healthz', '', 200],
    ['GET /readyz', '', 200],
    ['GET /openapi.json', '', 200],
    ['GET /page', '', 200],
    ['HEAD /healthz', '', 200],
    ['GET /status', '', 401],
    ['GET /status', WITH_KEY, 200],
    ['GET /crashes/a1', WITH_KEY, 200],
    ['POST /restart', '', 401],
    ['POST /restart', WITH_KEY, 200],
    ['POST /crashes/clear', WITH_KEY, 200],
    ['GET /nothing', WITH_KEY, 404],
  ])('answers %s with %j by %i', async (line, headers, status) => {
    expect(await statusOf(await listen(), line, headers)).toBe(status);
  });

  it.each(['GET /complete?line=a', 'POST /command', 'POST /take-over', 'POST /take-over/conclude'])(
    'does not have %s, which is on the unix socket alone',
    async (line) => {
      const front = await listen();
      const { status, body } = await ask(front, line, WITH_KEY);
      expect([status, port.calls]).toEqual([404, []]);
      expect(body).toContain('ERR_CONTROL_REQUEST');
    },
  );

  it('says 503 and the state of the session while it is not ready', async () => {
    port.readiness = () => ({ isReady: false, state: 'backingOff' });
    const { status, body } = await ask(await listen(), 'GET /readyz');
    expect([status, body]).toEqual([503, expect.stringContaining('backingOff')]);
  });

  it('opens what reads, and nothing that acts, to everybody when it is read-only', async () => {
    const front = await listen({ isReadOnly: true });
    expect(await statusOf(front, 'GET /status')).toBe(200);
    expect(await statusOf(front, 'POST /restart')).toBe(401);
    expect(await statusOf(front, 'POST /restart', WITH_KEY)).toBe(200);
    expect(await statusOf(front, 'GET /status', 'authorization: Bearer wrong\r\n')).toBe(401);
  });

  it('says how to prove oneself with 401, and does not take the key from the query', async () => {
    const { status, headers } = await ask(await listen(), `GET /status?key=${encodeURI(KEY)}`);
    expect([status, headers]).toEqual([401, expect.stringContaining('www-authenticate: bearer')]);
  });

  it('takes a key of any characters', async () => {
    const front = await listen({ sessionKey: 'schlüssel 鍵' });
    expect(await statusOf(front, 'GET /status', 'authorization: Bearer schlüssel 鍵\r\n')).toBe(
      200,
    );
  });

  it('looks at no more keys of an address after ten wrong ones, the right one included, for a while', async () => {
    const guessing: string[] = [];
    const front = await listen({ onGuessing: (address) => guessing.push(address) });
    for (let count = 0; count < 10; count += 1)
      expect(await statusOf(front, 'GET /status', 'authorization: Bearer x\r\n')).toBe(401);
    const refused = await ask(front, 'GET /status', WITH_KEY);
    expect([refused.status, refused.headers]).toEqual([
      429,
      expect.stringContaining('retry-after: 6'),
    ]);
    expect(await statusOf(front, 'GET /healthz')).toBe(200);
    await ask(front, 'GET /status', WITH_KEY);
    expect(guessing).toEqual(['127.0.0.1']);
    clock.advance(6_000);
    expect(await statusOf(front, 'GET /status', WITH_KEY)).toBe(200);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.1',
    'localhost@evil.example',
    'evil.example:80:80',
  ])('refuses a request for the host %s with 421', async (host) => {
    const { status, body } = await ask(await listen(), 'GET /healthz', `host: ${host}\r\n`);
    expect([status, body]).toEqual([421, expect.stringContaining('ERR_CONTROL_HOST')]);
  });

  it.each(['localhost:8080', '127.0.0.1', '[::1]:80', '10.1.2.3', 'LOCALHOST', 'a.localhost.'])(
    'answers a request for the host %s',
    async (host) => {
      expect(await statusOf(await listen(), 'GET /healthz', `host: ${host}\r\n`)).toBe(200);
    },
  );

  it('refuses two Host headers', async () => {
    const headers = 'host: localhost\r\nhost: evil.example\r\n';
    expect(await statusOf(await listen(), 'GET /healthz', headers)).toBe(421);
  });

  it.each([
    'GET /..%2fstatus',
    'GET /a/../status',
    'GET //status',
    'GET /status/',
    'GET /%2e%2e/status',
    'GET /status%00',
    'GET /a\\status',
    'GET http://localhost/status',
    `GET /${'a'.repeat(5000)}`,
  ])('refuses the path of %.40s with 400', async (line) => {
    expect(await statusOf(await listen(), line, WITH_KEY)).toBe(400);
  });

  it.each(['OPTIONS', 'PUT', 'DELETE', 'TRACE'])('refuses %s with 405', async (method) => {
    const origin = 'origin: http://localhost\r\naccess-control-request-method: POST\r\n';
    const { status, headers } = await ask(await listen(), `${method} /status`, origin + WITH_KEY);
    expect([status, headers]).toEqual([405, expect.not.stringContaining('access-control')]);
  });

  it.each([
    ['origin: http://evil.example\r\n', 403],
    ['origin: null\r\n', 403],
    ['origin: http://localhost\r\nsec-fetch-site: cross-site\r\n', 403],
    ['origin: http://localhost\r\n', 200],
    ['origin: https://ops.example\r\nx-forwarded-host: ops.example\r\n', 200],
    ['origin: https://ops.example\r\nsec-fetch-site: same-origin\r\n', 200],
  ])('answers an action that came with %j by %i', async (headers, status) => {
    const front = await listen();
    expect(await statusOf(front, 'POST /restart', headers + WITH_KEY)).toBe(status);
    expect(port.calls).toHaveLength(status === 200 ? 1 : 0);
  });

  it('sends headers that keep an answer from being taken for a page, but for a page', async () => {
    const front = await listen();
    const { headers } = await ask(front, 'GET /status');
    expect(headers).toContain('x-content-type-options: nosniff');
    expect(headers).toContain("content-security-policy: default-src 'none'");
    expect(headers).toContain('referrer-policy: no-referrer');
    expect(headers).not.toContain('access-control');
    const page = await ask(front, 'GET /page');
    expect(page.headers.match(/content-security-policy: .*/g)).toEqual([
      "content-security-policy: default-src 'self'",
    ]);
  });
});

describe('a WebSocket at the front', () => {
  const UPGRADE = 'connection: upgrade\r\nupgrade: websocket\r\n';
  const inProtocol = (key: string): string =>
    `sec-websocket-protocol: vigil.live, vigil.key.${Buffer.from(key).toString('base64url')}\r\n`;

  function listenForUpgrades(options: Partial<FrontServerOptions> = {}): Promise<Front> {
    return listen({ onUpgrade: (_request, socket) => socket.end('upgraded'), ...options });
  }

  it.each([
    ['with the key as bearer token', WITH_KEY],
    ['with the key among its protocols', inProtocol(KEY)],
  ])('is handed over %s', async (_how, headers) => {
    const front = await listenForUpgrades();
    const text = `GET /live HTTP/1.1\r\nhost: localhost\r\n${UPGRADE}${headers}\r\n`;
    expect(await sendRaw(front, text)).toBe('upgraded');
  });

  it.each([
    ['without a key', '/live', '', 401],
    ['with a wrong key', '/live', inProtocol('wrong'), 401],
    ['at another path', '/status', WITH_KEY, 404],
    ['for a page of another site', '/live', `origin: http://evil.example\r\n${WITH_KEY}`, 403],
    ['under another name', '/live', `host: evil.example\r\n${WITH_KEY}`, 421],
  ])('is refused %s', async (_why, path, headers, status) => {
    const front = await listenForUpgrades();
    expect(await statusOf(front, `GET ${path}`, UPGRADE + headers)).toBe(status);
    await until(() => front.server.load.connections === 0);
  });

  it('is let in without a key when the front is read-only', async () => {
    const front = await listenForUpgrades({ isReadOnly: true });
    const text = `GET /live HTTP/1.1\r\nhost: localhost\r\n${UPGRADE}\r\n`;
    expect(await sendRaw(front, text)).toBe('upgraded');
  });

  it('is refused with 404 when nobody takes it', async () => {
    expect(await statusOf(await listen(), 'GET /live', UPGRADE + WITH_KEY)).toBe(404);
  });

  it('is closed when its handler throws, and the front goes on', async () => {
    const problems: Error[] = [];
    const front = await listenForUpgrades({
      onUpgrade: () => {
        throw new Error('broken');
      },
      onProblem: (error) => problems.push(error),
    });
    expect(
      await sendRaw(front, `GET /live HTTP/1.1\r\nhost: localhost\r\n${UPGRADE}${WITH_KEY}\r\n`),
    ).toBe('');
    expect(problems).toHaveLength(1);
    expect(await statusOf(front, 'GET /healthz')).toBe(200);
  });

  it('that stays is cut off by close', async () => {
    const front = await listenForUpgrades({ onUpgrade: () => undefined });
    const socket = await open(front);
    socket.resume();
    socket.write(`GET /live HTTP/1.1\r\nhost: localhost\r\n${UPGRADE}${WITH_KEY}\r\n`);
    await ask(front, 'GET /healthz');
    clock.advance(60_000);
    expect(front.server.load.connections).toBe(1);
    const closed = front.server.close();
    clock.advance(1_000);
    await Promise.all([closed, once(socket, 'close')]);
  });
});

describe('the port of the front', () => {
  it('that is taken is refused with ERR_CONTROL_PORT', async () => {
    const { port: taken } = await listen();
    await expect(listen({ port: taken })).rejects.toMatchObject({ code: 'ERR_CONTROL_PORT' });
    fronts.pop();
  });

  it('is waited for as long as it is said, and taken over from whoever closes it', async () => {
    const first = await listen();
    const second = new FrontServer({
      port: first.port,
      host: '127.0.0.1',
      isReadOnly: false,
      sessionKey: KEY,
      routes: () => createControlRoutes(port),
      clock,
    });
    fronts.push(second);
    const { signal } = new AbortController();
    const listening = second.listen({ forMs: 1_000, signal });
    await until(() => clock.waiting > 0);
    await first.server.close();
    clock.advance(100);
    expect(await listening).toEqual({
      host: '127.0.0.1',
      port: first.port,
      url: `http://127.0.0.1:${first.port}`,
    });
  });
});

describe('a bad client of the front', () => {
  it.each([
    [
      'sends a key of 1 MB',
      `GET /status HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${'x'.repeat(1_000_000)}\r\n\r\n`,
    ],
    ['speaks TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc'],
    [
      'sends a body of 2 MB',
      `POST /restart HTTP/1.1\r\nhost: localhost\r\n${WITH_KEY}content-length: 2000000\r\n\r\n${'x'.repeat(2_000_000)}`,
    ],
  ])('that %s is refused, and others are answered', async (_what, text) => {
    const front = await listen();
    expect(await sendRaw(front, text)).not.toMatch(/^HTTP\/1\.1 200/);
    expect(port.calls).toEqual([]);
    expect(await statusOf(front, 'GET /status', WITH_KEY)).toBe(200);
  });

  it.each([
    ['sends nothing', ''],
    ['sends half a head', 'GET /status HTTP/1.1\r\nho'],
    [
      'sends half a body',
      `POST /restart HTTP/1.1\r\nhost: localhost\r\n${WITH_KEY}content-length: 100\r\n\r\n{`,
    ],
  ])('that %s is cut off at the request deadline', async (_what, text) => {
    const front = await listen();
    const socket = await open(front);
    socket.resume();
    socket.write(text);
    await until(() => front.server.load.connections === 1);
    await ask(front, 'GET /healthz');
    clock.advance(10_000);
    await once(socket, 'close');
    await until(() => front.server.load.connections === 0);
  });

  it('that closes its half is still answered', async () => {
    const front = await listen();
    const socket = await open(front);
    socket.end('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('those who follow events at the front', () => {
  const FOLLOW = `GET /events?follow=1&n=0 HTTP/1.1\r\nhost: localhost\r\n${WITH_KEY}\r\n`;

  /** Follows, and counts the marks in what comes. */
  async function follow(front: Front): Promise<{ marks: number }> {
    const socket = await open(front);
    const seen = { marks: 0 };
    socket.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(0x7e); at !== -1; at = chunk.indexOf(0x7e, at + 1))
        seen.marks += 1;
    });
    socket.write(FOLLOW);
    return seen;
  }

  it('are 1,000 at the most, and others still get an answer', async () => {
    const front = await listen();
    const readers: { marks: number }[] = [];
    while (readers.length < 1_000) readers.push(await follow(front));
    await until(() => port.readers === 1_000);
    expect(await statusOf(front, 'GET /events?follow=1', WITH_KEY)).toBe(503);
    for (const seq of [1, 2]) {
      port.publish({ seq, mark: '~' });
      await until(() => readers.every(({ marks }) => marks === seq));
    }
    expect(await statusOf(front, 'POST /restart', WITH_KEY)).toBe(200);
  });

  it('are not those who ask for the head alone', async () => {
    const front = await listen();
    const { status, headers } = await ask(front, 'HEAD /events?follow=1', WITH_KEY);
    expect([status, headers]).toEqual([200, expect.stringContaining('application/x-ndjson')]);
    await until(() => front.server.load.followers === 0 && port.readers === 0);
  });

  it('lose one who never reads, and none of the others', async () => {
    const front = await listen();
    const silent = await open(front);
    silent.pause();
    silent.write(FOLLOW);
    const readers = [await follow(front), await follow(front)];
    await until(() => port.readers === 3);
    const padding = 'x'.repeat(256_000);
    let seq = 0;
    // What the network itself keeps for the reader comes first.
    while (port.readers === 3) {
      seq += 1;
      port.publish({ seq, mark: '~', padding });
      await until(() => readers.every(({ marks }) => marks === seq));
    }
    expect([front.server.load.dropped, port.readers]).toEqual([1, 2]);
    clock.advance(10_000);
    await until(() => front.server.load.connections === 2);
  });
});

describe('server-sent events', () => {
  const STREAM = `accept: text/event-stream\r\n${WITH_KEY}`;

  async function readStream(
    front: Front,
    headers: string,
    isEnough: (text: string) => boolean,
  ): Promise<string> {
    const socket = await open(front);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.write(`GET /events?n=1 HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`);
    await until(() => isEnough(text));
    socket.destroy();
    await until(() => front.server.load.followers === 0);
    return text;
  }

  it('come with their ids, go on, and give a sign of life now and then', async () => {
    port.past = [{ seq: 1 }, { seq: 2 }];
    const front = await listen();
    let step = 0;
    const text = await readStream(front, STREAM, (seen) => {
      if (step === 0 && seen.includes('id: 2\n')) {
        step = 1;
        port.publish({ seq: 3 });
      } else if (step === 1 && seen.includes('id: 3\n')) {
        step = 2;
        clock.advance(15_000);
      }
      return seen.includes('\n:\n');
    });
    expect(text).toMatch(/content-type: text\/event-stream\r\n/i);
    expect(text).toMatch(/retry: 2000\n\n/);
    expect(text).toContain('id: 3\ndata: {"seq":3}\n\n');
    expect(text).not.toContain('id: 1\n');
  });

  it.each([
    ['after the last that was seen', '2', ['3', '4']],
    ['with the last ones, when that was of another monitor', '90', ['4']],
    ['with the last ones, when that is no number', 'x', ['4']],
  ])('begin %s', async (_where, lastSeen, ids) => {
    port.past = [{ seq: 1 }, { seq: 2 }, { seq: 3 }, { seq: 4 }];
    const front = await listen();
    const headers = `${STREAM}last-event-id: ${lastSeen}\r\n`;
    const text = await readStream(front, headers, (seen) => seen.includes('id: 4\n'));
    expect([...text.matchAll(/^id: (\d+)$/gm)].map((match) => match[1])).toEqual(ids);
  });
});
