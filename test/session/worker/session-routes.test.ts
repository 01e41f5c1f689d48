import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import {
  type SessionRouteHandler,
  sessionRoutes,
} from '../../../lib/session/worker/session-routes.ts';
import { type HttpAnswer, request } from '../../support/request.ts';

const KEY = 'schlüssel';

class FakeWorker {
  readonly asked: unknown[] = [];
  answers = true;

  async emit(name: string): Promise<never> {
    this.asked.push(name);
    const results = this.answers ? [{ state: 'running' }] : [];
    return { results } as never;
  }

  killSession(reason: string): void {
    this.asked.push(`kill: ${reason}`);
  }
}

let worker: FakeWorker;
let server: Server;

beforeEach(() => {
  process.env['session_key'] = KEY;
  worker = new FakeWorker();
});

afterEach(() => {
  delete process.env['session_key'];
  server?.close();
});

async function serve(routes: SessionRouteHandler = sessionRoutes(worker)): Promise<void> {
  server = createServer((incoming, outgoing) => {
    routes(incoming, outgoing, () => outgoing.writeHead(404).end('mine'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

function ask(path: string, method = 'GET'): Promise<HttpAnswer> {
  const { port } = server.address() as AddressInfo;
  return request(`http://127.0.0.1:${String(port)}${path}`, { method });
}

const withKey = (path: string): string => `${path}/${encodeURIComponent(KEY)}`;

describe('sessionRoutes', () => {
  it.each([
    ['GET', '/kill', 202, 'kill: asked for over HTTP'],
    ['POST', '/kill', 202, 'kill: asked for over HTTP'],
    ['POST', '/restart', 202, 'vigil:restart'],
    ['GET', '/status', 200, 'vigil:status'],
    ['HEAD', '/status', 200, 'vigil:status'],
  ])('do what %s %s asks for with the key', async (method, path, status, asked) => {
    await serve();
    const answer = await ask(withKey(path), method);
    expect([answer.status, worker.asked]).toEqual([status, [asked]]);
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
  });

  it.each([
    ['GET', '/'],
    ['GET', '/kill'],
    ['GET', '/kill/'],
    ['GET', withKey('/session/kill')],
    ['GET', `${withKey('/kill')}/more`],
    ['HEAD', withKey('/kill')],
    ['OPTIONS', withKey('/kill')],
    ['POST', withKey('/status')],
    ['GET', withKey('/killed')],
  ])('leave %s %s to the server', async (method, path) => {
    await serve();
    expect([(await ask(path, method)).status, worker.asked]).toEqual([404, []]);
  });

  it.each(['/kill/wrong', '/kill/%E0%A4%A', `/kill/${'x'.repeat(8000)}`, `${withKey('/kill')}x`])(
    'refuse %.30s with 403 and tell nothing',
    async (path) => {
      await serve();
      const { status, body } = await ask(path);
      expect([status, worker.asked]).toEqual([403, []]);
      expect(JSON.parse(body)).toEqual({
        error: { code: 'ERR_CONTROL_KEY', message: 'this is not for you' },
      });
    },
  );

  it('refuse with 429 after ten wrong keys, the right one as well', async () => {
    await serve();
    for (let count = 0; count < 10; count += 1) await ask('/status/wrong');
    const answer = await ask(withKey('/kill'));
    expect([answer.status, worker.asked]).toEqual([429, []]);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask('/')).status).toBe(404);
  });

  it('answer 503 when the monitor does not', async () => {
    worker.answers = false;
    await serve();
    expect((await ask(withKey('/status'))).status).toBe(503);
  });

  it('work as a hook of Fastify', async () => {
    const routes = sessionRoutes(worker);
    const app = fastify();
    app.addHook('onRequest', (incoming, reply, done) => {
      routes(incoming.raw, reply.raw, done);
    });
    app.get('/', async () => 'mine');
    await app.listen({ port: 0, host: '127.0.0.1' });
    server = app.server;
    expect((await ask(withKey('/status'))).body).toBe('{"state":"running"}\n');
    expect((await ask('/')).body).toBe('mine');
    await app.close();
  });

  it.each([
    ['there is no worker', undefined, KEY],
    ['the key has been taken out of the environment', new FakeWorker(), undefined],
  ])('are refused with ERR_ARGUMENT when %s', (_why, given, key) => {
    if (key === undefined) delete process.env['session_key'];
    expect(() => sessionRoutes(given as never)).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT' }),
    );
  });
});
