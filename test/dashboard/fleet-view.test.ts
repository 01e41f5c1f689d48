import { FleetView } from '../../lib/dashboard/page/fleet/fleet-view.ts';
import { describeServer, summarizeFleet } from '../../lib/dashboard/page/fleet/fleet-words.ts';
import type { FleetOverview } from '../../lib/fleet/master/fleet-overview.ts';
import type { ListedServer } from '../../lib/fleet/master/list-fleet.ts';
import { textOf } from './text-of.ts';

jest.mock(
  '../../lib/dashboard/page/ui.ts',
  () => jest.requireActual<typeof import('./text-of.ts')>('./text-of.ts').PLAIN_UI,
);

function aServer(given: Partial<ListedServer> = {}): ListedServer {
  return {
    serverId: 'chat-1',
    serverType: 'chat',
    pid: 4711,
    rss: '50.00',
    heapTotal: '20.00',
    heapUsed: '10.00',
    uptime: '1.00',
    state: 'up',
    phase: 'ready',
    host: '127.0.0.1',
    rssBytes: 52_428_800,
    uptimeMs: 60_000,
    loopLagMs: 3,
    connections: 7,
    isSilent: false,
    isHostAway: false,
    restarts: 2,
    cause: null,
    evidence: null,
    lastWords: [],
    restartInMs: null,
    ...given,
  };
}

function aFleet(given: Partial<FleetOverview> = {}): FleetOverview {
  const hosts = [{ host: '127.0.0.1', state: 'here', reason: null, servers: 1 }] as const;
  return {
    ...{ at: 1_000, env: 'production', servers: [aServer()], hosts, crashes: [], events: [] },
    ...given,
  };
}

describe('the page of a fleet', () => {
  it('shows each server with its figures, below its type', () => {
    const servers = [aServer(), aServer({ serverId: 'gate-1', serverType: 'gate', pid: null })];
    const text = textOf(FleetView({ fleet: aFleet({ servers }), isCurrent: true }));
    expect(text.slice(0, 2)).toEqual(['chat', '1 server']);
    const row = text.indexOf('chat-1');
    expect(text.slice(row, row + 10)).toEqual([
      ...['chat-1', 'ready', '4711', '127.0.0.1', '1 min', '2', '50 MB', '3 ms', '7', 'none'],
    ]);
    expect(text.indexOf('gate')).toBeGreaterThan(row);
  });

  it('shows what a server has written as text, markup and all', () => {
    const evil = '<script>alert(1)</script>';
    const crash = { seq: 1, at: '2026-01-31T00:00:00.000Z', id: evil, host: evil, cause: 'exit' };
    const crashes = [{ ...crash, evidence: evil, lastWords: [evil] }];
    const text = textOf(FleetView({ fleet: aFleet({ crashes }), isCurrent: true }));
    expect(text.filter((line) => line.includes(evil))).toHaveLength(4);
  });

  it.each([
    [{ state: 'unknown' }, 'warn', 'unknown: it does not answer'],
    [{ phase: 'ready', isSilent: true }, 'warn', 'ready, but not connected'],
    [
      { phase: 'broken', pid: null, state: 'down', restartInMs: 90_000 },
      'bad',
      'down, ends again and again, started again in 1 min 30 s',
    ],
    [{ phase: null }, 'good', 'ready, started elsewhere'],
  ] as const)('says how a server is: %j is %s', (given, tone, text) => {
    expect(describeServer(aServer(given))).toEqual({ tone, text });
  });

  it.each([
    [[aServer()], 'Fleet production: 1 server, all ready'],
    [[aServer(), aServer({ state: 'unknown' })], 'Fleet production: 1 of 2 servers in trouble'],
    [[aServer(), aServer({ phase: 'starting' })], 'Fleet production: 1 of 2 servers ready'],
  ])('sums up: %#', (servers, summary) => {
    expect(summarizeFleet(aFleet({ servers }))).toBe(summary);
  });
});
