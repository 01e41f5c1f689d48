import { once } from 'node:events';
import { type RequestListener, createServer } from 'node:http';
import { type AddressInfo, type Server, createServer as createNetServer } from 'node:net';
import {
  type Outcome,
  ask,
  send,
  startKeepAlive,
  startNewConnections,
} from '../../bench/load/load-client.cjs';
import { createDeferred } from '../../lib/util/deferred.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    if (!server.listening) continue;
    server.close();
    (server as Partial<ReturnType<typeof createServer>>).closeAllConnections?.();
    await once(server, 'close');
  }
  await assertNoLeaks();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function serve(listener: RequestListener): Promise<number> {
  return listen(createServer(listener));
}

async function findClosedPort(): Promise<number> {
  const server = createNetServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

const BEHAVIOURS: [Outcome, string, RequestListener, string][] = [
  ['ok', 'answers', (_request, response) => void response.end('here'), '200'],
  ['ok', 'redirects', (_request, response) => void response.writeHead(302).end(), '302'],
  ['5xx', 'answers 503', (_request, response) => void response.writeHead(503).end(), '503'],
  ['other', 'answers 404', (_request, response) => void response.writeHead(404).end(), '404'],
  ['reset', 'ends the connection', (request) => void request.socket.destroy(), 'ECONNRESET'],
  [
    'reset',
    'ends the connection amid its answer',
    (request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => request.socket.destroy());
    },
    'ECONNRESET',
  ],
];

describe('a request of the load client', () => {
  it.each(BEHAVIOURS)('is %s when the server %s', async (outcome, _what, listener, detail) => {
    const answer = await ask({ port: await serve(listener) });
    expect(answer).toMatchObject({ outcome, detail });
    expect(answer.tookMs).toBeGreaterThanOrEqual(0);
  });

  it('is refused when nobody listens', async () => {
    const answer = await ask({ port: await findClosedPort() });
    expect(answer).toMatchObject({ outcome: 'refused', detail: 'ECONNREFUSED', status: null });
  });

  it('is late when the answer does not come in time', async () => {
    const port = await serve(() => undefined);
    expect(await ask({ port }, { lateMs: 20 })).toMatchObject({ outcome: 'late' });
  });

  it('is late when it is given up', async () => {
    const port = await serve(() => undefined);
    const sent = send({ port });
    sent.giveUp();
    expect(await sent.answer).toMatchObject({ outcome: 'late' });
  });

  it('is other when the answer is no HTTP', async () => {
    const server = createNetServer((socket) => {
      socket
        .on('error', () => undefined)
        .resume()
        .end('hello\r\n\r\n');
    });
    const answer = await ask({ port: await listen(server) });
    expect(answer.outcome).toBe('other');
    expect(answer.detail).toMatch(/^HPE_/);
  });
});

describe('a load of new connections', () => {
  it('counts what became of each request, each of which had a connection of its own', async () => {
    const outcomes: Outcome[] = ['ok', '5xx', 'reset', 'late'];
    let connections = 0;
    const enough = createDeferred();
    let requests = 0;
    const server = createServer((request, response) => {
      const outcome = outcomes[requests % outcomes.length];
      requests += 1;
      if (requests === 40) enough.resolve();
      if (outcome === 'ok') response.end();
      else if (outcome === '5xx') response.writeHead(500).end();
      else if (outcome === 'reset') request.socket.destroy();
    });
    server.on('connection', () => (connections += 1));
    const seen: Outcome[] = [];
    const load = startNewConnections(
      { port: await listen(server) },
      { everyMs: 1, onAnswer: ({ outcome }) => seen.push(outcome) },
    );
    await enough.promise;
    const { sent, counts, failed } = await load.end({ now: true });
    expect(counts.ok).toBeGreaterThanOrEqual(1);
    expect(counts['5xx']).toBeGreaterThanOrEqual(1);
    expect(counts.reset).toBeGreaterThanOrEqual(1);
    expect(counts.late).toBeGreaterThanOrEqual(10);
    expect(connections).toBeGreaterThanOrEqual(40);
    expect([counts.refused, counts.other]).toEqual([0, 0]);
    expect(counts.ok + failed).toBe(sent);
    expect(seen).toHaveLength(sent);
  });

  it('waits for the answers under way when it ends', async () => {
    const held: (() => void)[] = [];
    const came = createDeferred();
    const port = await serve((_request, response) => {
      held.push(() => void response.end());
      came.resolve();
    });
    const load = startNewConnections({ port }, { everyMs: 1000 });
    await came.promise;
    const ended = load.end();
    for (const answer of held) answer();
    expect(await ended).toMatchObject({ sent: 1, failed: 0, counts: { ok: 1 } });
  });
});

describe('a load on kept connections', () => {
  it('sends many requests on few connections', async () => {
    let connections = 0;
    let requests = 0;
    const enough = createDeferred();
    const server = createServer((_request, response) => {
      requests += 1;
      if (requests === 50) enough.resolve();
      response.end();
    });
    server.on('connection', () => (connections += 1));
    const load = startKeepAlive({ port: await listen(server) }, { connections: 3, pauseMs: 0 });
    await enough.promise;
    const report = await load.end();
    expect(connections).toBe(3);
    expect(report.failed).toBe(0);
    expect(report.sent).toBeGreaterThanOrEqual(50);
    expect(report.details).toEqual({ '200': report.sent });
  });

  it('goes on after a connection was lost', async () => {
    let requests = 0;
    const enough = createDeferred();
    const port = await serve((request, response) => {
      requests += 1;
      if (requests === 1) request.socket.destroy();
      else response.end();
      if (requests === 5) enough.resolve();
    });
    const load = startKeepAlive({ port }, { connections: 1, pauseMs: 0 });
    await enough.promise;
    const { counts } = await load.end();
    expect(counts).toMatchObject({ reset: 1, refused: 0 });
    expect(counts.ok).toBeGreaterThanOrEqual(4);
  });
});
