import { suggestConfig } from '../../lib/cli/suggest-config.ts';
import type { RouteAnswer } from '../../lib/cli/route-answers.ts';
import { resolveSessionOptions } from '../../lib/session/options.ts';

function answer(path: string, status: number | null, latencyMs = 5): RouteAnswer {
  return { path, status, latencyMs, error: status === null ? 'ECONNRESET' : null };
}

const DEFAULTS = resolveSessionOptions({});

describe('suggestConfig', () => {
  it.each([
    ['nothing when all fits', { port: 3000, bootMs: 100, routes: [answer('/', 200)] }, {}],
    ['nothing when nothing was measured', { port: null, bootMs: null, routes: [] }, {}],
    [
      'the port it listens on',
      { port: 8080, bootMs: 100, routes: [answer('/', 200)] },
      { ports: { server: 8080 } },
    ],
    [
      'the first health route that is good',
      {
        port: 3000,
        bootMs: 100,
        routes: [answer('/', 404), answer('/health', 404), answer('/healthz', 204)],
      },
      { polling: { route: '/healthz' } },
    ],
    [
      'a timeout with headroom for a slow route',
      { port: 3000, bootMs: 100, routes: [answer('/', 200, 900)] },
      { polling: { timeoutSeconds: 4 } },
    ],
    [
      'a deadline with headroom for a slow start',
      { port: 3000, bootMs: 20_100, routes: [answer('/', 200)] },
      { startup: { deadlineSeconds: 81 } },
    ],
    [
      'no polling when there was no answer',
      { port: 3000, bootMs: 100, routes: [answer('/', null)] },
      {},
    ],
  ])('proposes %s', (_case, measures, config) => {
    expect(suggestConfig(measures, DEFAULTS)).toEqual(config);
  });

  it('leaves a route and a port alone that were chosen', () => {
    const options = resolveSessionOptions({ ports: { server: 0 }, polling: { route: '/up' } });
    const routes = [answer('/up', 200), answer('/health', 200)];
    expect(suggestConfig({ port: 4711, bootMs: 100, routes }, options)).toEqual({});
  });
});
