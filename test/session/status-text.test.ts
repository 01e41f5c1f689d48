import type { SessionStatus } from '../../lib/session/monitor/session-status.ts';
import { adviseOnStatus, spanText } from '../../lib/session/monitor/status-advice.ts';
import { formatStatus } from '../../lib/session/monitor/status-text.ts';

const NOW = Date.parse('2026-01-01T03:00:00.000Z');
const at = (secondsFromNow: number): string => new Date(NOW + secondsFromNow * 1000).toISOString();

const DELIVERY: SessionStatus['mail'] = {
  configured: true,
  lastAcceptedAt: null,
  spooled: 0,
};

const WORKER: NonNullable<SessionStatus['worker']> = {
  pid: 4720,
  generation: 3,
  state: 'ready',
  startedAt: at(-7200),
  readyAt: at(-7199),
  uptimeMs: 7_200_000,
  port: 3000,
  rssBytes: 52_000_000,
  loopLagMs: 1.2,
  heartbeatAgeMs: 400,
  lastPoll: { ok: true, latencyMs: 2, at: at(-3) },
  pollFailures: 0,
};

const GOOD: SessionStatus = {
  name: 'shop',
  state: 'running',
  monitorPid: 4711,
  startedAt: at(-7200),
  node: 'v20.20.2',
  version: '1.0.0',
  worker: WORKER,
  restarts: { total: 0, byCause: {} },
  breaker: { state: 'closed', score: 0, threshold: 5, nextRetryAt: null },
  lastDeath: null,
  mail: DELIVERY,
  webhook: DELIVERY,
  control: { http: null },
};

const DEATH: SessionStatus['lastDeath'] = {
  cause: 'oom-killer',
  code: null,
  signal: 'SIGKILL',
  at: at(-40),
  reportId: '20260101-025920-000-abcdef',
};
const REPORT = 'vigil crashes show 20260101-025920-000-abcdef';

const CASES: readonly (readonly [
  condition: string,
  facts: Partial<SessionStatus>,
  lines: readonly string[],
])[] = [
  [
    'that gave up for a while',
    {
      state: 'broken',
      worker: null,
      lastDeath: DEATH,
      breaker: { state: 'open', score: 6, threshold: 5, nextRetryAt: at(290) },
    },
    [
      'wrong       no server: it failed too often; it died 40 s ago (oom-killer)',
      'by itself   one trial start in 5 min',
      `to do       ${REPORT}`,
      '            vigil restart tries at once',
    ],
  ],
  [
    'that waits before the next start',
    {
      state: 'backingOff',
      worker: null,
      lastDeath: { ...DEATH, reportId: null },
      breaker: { ...GOOD.breaker, nextRetryAt: at(-1) },
    },
    [
      'wrong       no server is running: it died 40 s ago (oom-killer)',
      'by itself   a start now',
      'to do       vigil logs tells what it said last',
    ],
  ],
  [
    'whose polls fail',
    { state: 'degraded', worker: { ...WORKER, state: 'degraded', pollFailures: 1 } },
    [
      'wrong       its health route fails, 1 poll in a row',
      'by itself   it is replaced when it goes on failing',
      'to do       vigil logs tells what it says; vigil explain, when it is replaced',
    ],
  ],
  [
    'that is silent',
    { worker: { ...WORKER, heartbeatAgeMs: 6100 } },
    ['wrong       no sign of life for 6.1 s: its event loop may be stuck'],
  ],
  [
    'that starts for the first time',
    { state: 'starting', worker: { ...WORKER, state: 'starting', startedAt: at(-5) } },
    [
      'note        the server is not ready yet, started 5 s ago',
      'to do       vigil logs tells what it says; vigil explain, its deadline',
    ],
  ],
  [
    'that starts after a death',
    { state: 'starting', worker: null, lastDeath: DEATH },
    [
      'wrong       the server is not ready yet; it died 40 s ago (oom-killer)',
      `to do       ${REPORT}`,
    ],
  ],
  [
    'with a route in quarantine',
    { quarantine: [{ route: 'GET /boom', until: at(60) }] },
    ['wrong       GET /boom is answered 503: the server died of it again and again'],
  ],
  [
    'with alerts that wait',
    { mail: { ...DELIVERY, spooled: 2 } },
    ['note        2 alerts could not be delivered yet'],
  ],
  [
    'that died a moment ago',
    { lastDeath: DEATH },
    ['note        it died 40 s ago (oom-killer) and was replaced', `to do       ${REPORT}`],
  ],
];

describe('the status of a session', () => {
  it.each(CASES)('%s begins with what is wrong and what to do', (_condition, facts, lines) => {
    const text = formatStatus({ ...GOOD, ...facts }, { now: NOW });
    const shown = text.split('\n');
    expect(shown[0]).toBe(`session     shop: ${facts.state ?? 'running'}`);
    expect(shown.slice(1, 1 + lines.length)).toEqual(lines);
    expect(shown.indexOf('')).toBeLessThanOrEqual(5);
    expect(shown.filter(({ length }) => length > 80)).toEqual([]);
  });

  it('that is well has no such lines', () => {
    const text = formatStatus(GOOD, { now: NOW });
    expect(text).not.toMatch(/^(wrong|note|to do)/m);
    expect(text).toMatch(/up 2 h$/m);
  });

  it.each([
    ['a death long ago', { lastDeath: { ...DEATH, at: at(-3600) } }],
    ['a death that was asked for', { lastDeath: { ...DEATH, reportId: null } }],
  ])('takes %s for no news', (_what, facts: Partial<SessionStatus>) => {
    expect(adviseOnStatus({ ...GOOD, ...facts }, NOW)).toBeNull();
  });

  it('paints its state and what is wrong where colours are shown', () => {
    const paint = (text: string, color: string): string => `<${color}>${text}</>`;
    const text = formatStatus({ ...GOOD, state: 'backingOff', worker: null }, { now: NOW, paint });
    expect(text).toContain('shop: <red>backingOff</>');
    expect(text).toContain('<red>no server is running: it has ended</>');
  });

  it.each([
    [0, '0 s'],
    [119_000, '119 s'],
    [120_000, '2 min'],
    [7_140_000, '119 min'],
    [7_200_000, '2 h'],
    [172_800_000, '2 days'],
  ])('tells a span of %i ms as %s', (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });
});
