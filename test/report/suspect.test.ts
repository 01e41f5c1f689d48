import type { RequestInFlight } from '../../lib/report/crash-report.ts';
import { routeOf } from '../../lib/report/route.ts';
import { type DeathTraces, findSuspect } from '../../lib/report/suspect.ts';

const CONTEXT = { healthRoute: '/health' };

/** `!` before a request: its handler was running. */
function death(...requests: string[]): DeathTraces {
  return { phase: 'running', requestsInFlight: requests.map(parse) };
}

function parse(text: string): RequestInFlight {
  const [method = '', path = ''] = text.replace('!', '').split(' ');
  return { method, path, ageMs: 1, ...(text.startsWith('!') ? { running: true } : {}) };
}

function repeat(count: number, ...requests: string[]): DeathTraces[] {
  return Array.from({ length: count }, () => death(...requests));
}

const START: DeathTraces = { phase: 'starting', requestsInFlight: [] };

describe('the suspect of the last deaths', () => {
  it.each([
    ['one route in all', repeat(5, 'POST /import'), 'POST /import 5/5'],
    [
      'one route among others that change',
      [
        death('POST /import', 'GET /a'),
        death('POST /import', 'GET /b'),
        death('GET /b', 'POST /import'),
      ],
      'POST /import 3/3',
    ],
    ['the only one that writes', repeat(3, 'GET /a', 'POST /import', 'GET /b'), 'POST /import 3/3'],
    ['only the last five', [...repeat(9), ...repeat(5, 'POST /import')], 'POST /import 5/5'],
    ['three of five', [...repeat(2), ...repeat(3, 'PUT /a')], 'PUT /a 3/5'],
    ['ids folded', [death('GET /users/17'), death('GET /users/18')], 'GET /users/:id 2/2'],
    ['the rarer of two', repeat(3, 'POST /import', 'GET /', 'GET /'), 'POST /import 3/3'],
    [
      'the one whose handler ran, not the busy one',
      [
        death('GET /events'),
        death('GET /events'),
        ...repeat(3, 'GET /events', '!POST /import', 'POST /import'),
      ],
      'POST /import 3/5',
    ],
    [
      'starts that fail do not count',
      [...repeat(2, 'GET /a'), START, START, death('GET /a')],
      'GET /a 3/3',
    ],
  ])('is named: %s', (_what, deaths, named) => {
    const suspect = findSuspect(deaths, CONTEXT);
    expect(suspect && `${suspect.route} ${String(suspect.hits)}/${String(suspect.of)}`).toBe(named);
  });

  it.each([
    ['no death', []],
    ['a first death', repeat(1, '!POST /import')],
    ['half of them', [...repeat(2), ...repeat(2, 'GET /a')]],
    ['two that are alike', repeat(5, 'GET /a', 'GET /b')],
    ['the newest was without it', [...repeat(4, 'GET /a'), death('GET /b')]],
    ['the newest was a failed start', [...repeat(4, 'GET /a'), START]],
    ['the health route', repeat(5, 'GET /health')],
    ['nothing in flight', repeat(5)],
  ])('is nobody: %s', (_what, deaths) => {
    expect(findSuspect(deaths, CONTEXT)).toBeNull();
  });
});

describe('the route of a request', () => {
  it.each([
    ['/', '/'],
    ['/users/17', '/users/:id'],
    ['/users/17/', '/users/:id'],
    ['/v2/users', '/v2/users'],
    ['/d/2026-01-31', '/d/:id'],
    ['/o/3F2504E0-4F89-11D3-9A0C-0305E82C3301', '/o/:id'],
    ['/o/d41d8cd98f00b204e9800998ecf8427e', '/o/:id'],
    ['/o/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/o/:id'],
    ['/facade/feedback', '/facade/feedback'],
    ['/internationalization-of-2', '/:id'],
    ['/internationalization', '/internationalization'],
    ['/u/a@b.example', '/u/:id'],
    ['/1/2/3/4/5/6/7/8/9', '/:id/:id/:id/:id/:id/:id/:id/:id/…'],
    ['*', '*'],
  ])('of %s is %s', (path, route) => {
    expect(routeOf({ method: 'GET', path })).toBe(`GET ${route}`);
  });
});
