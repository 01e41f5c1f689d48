import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createNetServer } from 'node:net';
import {
  askOverConnection,
  probeOnce,
  type ProbeOptions,
  type ProbeOutcome,
} from '../../lib/probe/http-probe.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { systemClock } from '../../lib/util/clock.ts';

const OPTIONS: ProbeOptions = { timeoutMs: 5000, expectStatus: [200, 299] };

const servers: { close(): unknown; closeAllConnections?(): void }[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections?.();
    server.close();
  }
});

async function listen(server: Server | ReturnType<typeof createNetServer>): Promise<number> {
  servers.push(server);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  return (server.address() as AddressInfo).port;
}

async function probe(
  answer: RequestListener,
  timeoutMs = OPTIONS.timeoutMs,
): Promise<ProbeOutcome> {
  const port = await listen(createServer(answer));
  return ask(port, timeoutMs);
}

function ask(port: number, timeoutMs = OPTIONS.timeoutMs): Promise<ProbeOutcome> {
  return probeOnce(systemClock, { ...OPTIONS, timeoutMs }, (signal) =>
    askOverConnection(
      { route: '/health?deep', protocol: 'http:', connect: () => connect(port, '127.0.0.1') },
      signal,
    ),
  );
}

describe('a probe over a connection', () => {
  it('asks for the route as a client that leaves afterwards', async () => {
    const seen: unknown[] = [];
    const outcome = await probe((request, response) => {
      seen.push(
        request.method,
        request.url,
        request.headers.connection,
        request.headers['user-agent'],
      );
      response.end('fine');
    });
    expect(outcome).toMatchObject({ ok: true, status: 200, latencyMs: expect.any(Number) });
    expect(seen).toEqual(['GET', '/health?deep', 'close', 'vigil-probe']);
  });

  it('names a status outside the range', async () => {
    const outcome = await probe((_request, response) => {
      response.statusCode = 500;
      response.end();
    });
    expect(outcome).toMatchObject({ ok: false, reason: 'status 500, expected 200 to 299' });
  });

  it('does not follow a redirect', async () => {
    const outcome = await probe((_request, response) => {
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(outcome).toMatchObject({ ok: false, reason: 'status 302, expected 200 to 299' });
  });

  it('takes a large answer whole and keeps nothing of it', async () => {
    const outcome = await probe((_request, response) => {
      for (let part = 0; part < 64; part++) response.write(Buffer.alloc(64 * 1024));
      response.end();
    });
    expect(outcome).toMatchObject({ ok: true });
  });

  it('fails when no answer comes in time', async () => {
    const outcome = await probe(() => undefined, 50);
    expect(outcome).toMatchObject({ ok: false, reason: 'no complete answer within 50 ms' });
  });

  it('fails when an answer does not end in time', async () => {
    const outcome = await probe((_request, response) => {
      response.write('begun');
    }, 50);
    expect(outcome).toMatchObject({ ok: false, reason: 'no complete answer within 50 ms' });
  });

  it('fails when the connection is cut within the answer', async () => {
    const outcome = await probe((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('begun', () => response.destroy());
    });
    expect(outcome.ok).toBe(false);
  });

  it('is no client that went away, in the eyes of the server', async () => {
    let isFinished = false;
    const closed = new Promise((resolve) => {
      void probe((_request, response) => {
        response.on('close', () => {
          isFinished = response.writableFinished;
          resolve(null);
        });
        response.end('x'.repeat(100_000));
      });
    });
    await closed;
    expect(isFinished).toBe(true);
  });

  it('fails when the route would break the request', async () => {
    const ask = askOverConnection(
      {
        route: '/health HTTP/1.1\r\nHost: elsewhere',
        protocol: 'http:',
        connect: () => {
          throw new Error('asked');
        },
      },
      new AbortController().signal,
    );
    await expect(ask).rejects.toThrow('bad route');
  });

  it('fails when nobody listens, and says so', async () => {
    const server = createNetServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await ask(port)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('fails when what answers is not HTTP', async () => {
    const port = await listen(createNetServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')));
    expect(await ask(port)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('not an HTTP answer: "SSH-2.0-OpenSSH'),
    });
  });
});

describe('probeOnce', () => {
  it('never rejects, whatever the asking does', async () => {
    const clock = new ManualClock();
    const outcomes = [
      await probeOnce(clock, OPTIONS, () => {
        throw new TypeError('thrown at once');
      }),
      await probeOnce(clock, OPTIONS, () => Promise.reject(new Error('x'.repeat(9999)))),
      // What a getter of the user's may reject with.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      await probeOnce(clock, OPTIONS, () => Promise.reject('a text')),
    ];
    const reasons = outcomes.map((outcome) => ('reason' in outcome ? outcome.reason : ''));
    expect(reasons).toEqual(['thrown at once', 'x'.repeat(500), 'a text']);
    expect(clock.waiting).toBe(0);
  });

  it('aborts the asking at its deadline, and is not moved by an answer after it', async () => {
    const clock = new ManualClock();
    let aborted = false;
    let answer: (status: number) => void = () => undefined;
    const outcome = probeOnce(clock, OPTIONS, (signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise((resolve) => (answer = resolve));
    });
    clock.advance(OPTIONS.timeoutMs);
    answer(200);
    expect(await outcome).toMatchObject({ ok: false, latencyMs: OPTIONS.timeoutMs });
    expect([aborted, clock.waiting]).toEqual([true, 0]);
  });

  it('tells an error by its code', async () => {
    const error = Object.assign(new Error('lookup failed'), { code: 'ENOTFOUND' });
    expect(await probeOnce(new ManualClock(), OPTIONS, () => Promise.reject(error))).toMatchObject({
      reason: 'ENOTFOUND: lookup failed',
    });
  });
});
