import { createControlRoutes } from '../../lib/http/control-routes.ts';
import type { ControlReply } from '../../lib/http/control-route.ts';
import { FakePort } from './fake-port.ts';

const asked: unknown[] = [];
const takeOver = {
  offer: async (pid: number) => void asked.push(['offer', pid]),
  conclude: async (pid: number, queries: readonly unknown[]) =>
    void asked.push(['conclude', pid, queries]),
};

async function post(path: string, body: Record<string, unknown>): Promise<ControlReply> {
  const port = Object.assign(new FakePort(), { takeOver });
  const route = createControlRoutes(port).find((one) => one.path === path);
  if (route === undefined) throw new Error(`there is no ${path}`);
  const none = (): undefined => undefined;
  const gone = new AbortController().signal;
  return route.handle({ query: none, param: () => '', header: none, target: '/', gone, body });
}

describe('the routes of a take-over', () => {
  it('pass on who asks, and which sockets it serves from now on', async () => {
    await post('/take-over', { pid: 7 });
    await post('/take-over/conclude', { pid: 7, queries: [{ port: 80 }] });
    expect(asked).toEqual([
      ['offer', 7],
      ['conclude', 7, [{ port: 80 }]],
    ]);
  });

  it.each([
    ['/take-over', {}],
    ['/take-over', { pid: -1 }],
    ['/take-over', { pid: '7' }],
    ['/take-over/conclude', { pid: 7 }],
    ['/take-over/conclude', { pid: 7, queries: 'all' }],
    ['/take-over/conclude', { queries: [] }],
  ])('%s refuses a body like %j', async (path, body) => {
    await expect(post(path, body)).rejects.toMatchObject({ code: 'ERR_CONTROL_REQUEST' });
  });

  it('are absent where the session cannot be taken over', () => {
    const paths = createControlRoutes(new FakePort()).map((route) => route.path);
    expect(paths.filter((path) => path.includes('take-over'))).toEqual([]);
  });
});
