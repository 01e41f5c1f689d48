import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import { askAuthenticate, type Authenticate } from '../../../lib/jobs/gateway/authenticate.ts';
import { JobGateway } from '../../../lib/jobs/gateway/job-gateway.ts';
import { openBroker } from '../../../lib/jobs/open-broker.ts';

const REQUEST = {
  headers: { cookie: 'session=1' },
  url: '/jobs?team=a',
  socket: { remoteAddress: '127.0.0.1' },
} as unknown as IncomingMessage;

describe('askAuthenticate', () => {
  it.each<[string, Authenticate, number | null]>([
    ['true', () => true, 1],
    ['a grant without a weight', () => ({}), 1],
    ['a grant', () => Promise.resolve({ weight: 5 }), 5],
    ['a weight beyond bounds', () => ({ weight: 1e9 }), 1000],
    ['a weight that is none', () => ({ weight: -1 }), 1],
    ['a weight that is no number', () => ({ weight: NaN }), 1],
    ['false', () => false, null],
    ['null', () => Promise.resolve(null), null],
    ['a failure', () => Promise.reject(new Error('the directory is away')), null],
    ['a throw', () => JSON.parse('{') as boolean, null],
  ])('takes %s', async (_, authenticate, weight) => {
    expect(await askAuthenticate(authenticate, REQUEST)).toBe(weight);
  });

  it('tells headers, target and address', async () => {
    const asked: unknown[] = [];
    await askAuthenticate((request) => asked.push(request) > 0, REQUEST);
    expect(asked).toEqual([
      { headers: { cookie: 'session=1' }, target: '/jobs?team=a', remoteAddress: '127.0.0.1' },
    ]);
  });
});

describe('a gateway with a hook of its own', () => {
  it('lets in whom the hook lets in, and answers 401 to others', async () => {
    const broker = await openBroker('memory:');
    const gateway = new JobGateway(
      { port: 0, drainSeconds: 0 },
      { broker, authenticate: ({ target }) => target.endsWith('?key=right') },
    );
    const { url } = await gateway.start();
    const statusOf = (address: string): Promise<number | undefined> =>
      new Promise((resolve) => {
        const socket = new WebSocket(address);
        socket.on('error', () => undefined);
        socket.once('unexpected-response', (request, response) => {
          resolve(response.statusCode);
          request.destroy();
        });
        socket.once('open', () => {
          resolve(101);
          socket.terminate();
        });
      });
    expect(await statusOf(`${url}?key=right`)).toBe(101);
    expect(await statusOf(`${url}?key=wrong`)).toBe(401);
    await gateway.kill();
    await broker.close();
  });
});
