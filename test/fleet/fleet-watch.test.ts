import type { FleetEvent, ServerStateBody } from '../../lib/fleet/master/fleet-event.ts';
import type { FleetServer } from '../../lib/fleet/master/fleet-server.ts';
import { FleetWatch } from '../../lib/fleet/master/fleet-watch.ts';
import type { FleetWire } from '../../lib/fleet/master/fleet-wire.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { EventStream } from '../../lib/util/event-stream.ts';

const AT = '2026-01-31T00:00:00.000Z';

function aServer(id: string, host: string, isRemote: boolean): FleetServer {
  const entry = { id, serverType: 'chat', host };
  const life = { pid: null, since: null, lastEnd: null, state: 'ready', restarts: 0 };
  const given = {
    entry,
    ...life,
    isRemote,
    isUnknown: false,
    isConnected: false,
    restartInMs: null,
  };
  return given as unknown as FleetServer;
}

function startWatch(servers: readonly FleetServer[] = []): {
  readonly watch: FleetWatch;
  readonly clock: ManualClock;
  readonly events: EventStream<FleetEvent>;
  readonly asked: () => number;
} {
  const clock = new ManualClock();
  const events = new EventStream<FleetEvent>();
  const wire = { monitors: new Map() } as unknown as FleetWire;
  let asked = 0;
  const keeper = {
    list: (): readonly FleetServer[] => {
      asked += 1;
      return servers;
    },
  };
  const watch = new FleetWatch({ clock, env: 'production', keeper, wire, events });
  return { watch, clock, events, asked: () => asked };
}

function aCrash(seq: number): FleetEvent {
  const of = {
    id: `chat-${String(seq)}`,
    serverType: 'chat',
    host: 'a',
    pid: null,
    adopted: false,
  };
  const end = {
    ...{ code: 1, signal: null, cause: 'exit' as const, expected: false, uptimeMs: 5 },
    ...{ evidence: ['exit code 1'], lastWords: ['oh'] },
  };
  return { type: 'server.down', at: AT, seq, ...of, end } satisfies ServerStateBody & FleetEvent;
}

describe('FleetWatch', () => {
  it('asks no more often than once in a second, however many look', async () => {
    const { watch, clock, asked } = startWatch();
    await Promise.all([watch.read(), watch.read()]);
    clock.advance(999);
    await watch.read();
    expect(asked()).toBe(1);
    clock.advance(1);
    await watch.read();
    expect(asked()).toBe(2);
  });

  it('says of each host how it is, this machine included', async () => {
    const servers = [aServer('chat-1', '127.0.0.1', false), aServer('chat-2', 'far', true)];
    const { watch, clock, events } = startWatch([...servers, aServer('chat-3', 'new', true)]);
    const lost = { type: 'host.unknown', host: 'far', reason: 'no answer', code: null } as const;
    events.publish({ ...lost, at: AT, seq: 1 });
    expect((await watch.read()).hosts).toEqual([
      { host: '127.0.0.1', state: 'here', reason: null, servers: 1 },
      { host: 'far', state: 'unknown', reason: 'no answer', servers: 1 },
      { host: 'new', state: 'connecting', reason: null, servers: 1 },
    ]);
    events.publish({ ...lost, type: 'host.up', reason: null, at: AT, seq: 2 });
    clock.advance(1000);
    expect((await watch.read()).hosts[1]).toMatchObject({ state: 'up', reason: null });
  });

  it('keeps the last crashes and events, the newest first', async () => {
    const { watch, events } = startWatch();
    for (let seq = 1; seq <= 50; seq += 1) events.publish(aCrash(seq));
    const { crashes, events: lines } = await watch.read();
    expect(crashes.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, n) => 50 - n));
    expect(crashes[0]).toMatchObject({ cause: 'exit', evidence: 'exit code 1', lastWords: ['oh'] });
    expect(lines).toHaveLength(40);
    expect(lines[0]).toMatchObject({ seq: 50, tone: 'bad' });
  });
});
