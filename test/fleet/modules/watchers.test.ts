import { EventEmitter } from 'node:events';
import { ServerMap } from '../../../lib/fleet/application/server-map.ts';
import type {
  AdminAnswer,
  MasterAgent,
  MonitorAgent,
} from '../../../lib/fleet/modules/admin-module.ts';
import { MasterWatcher } from '../../../lib/fleet/modules/master-watcher.ts';
import { ManualClock } from '../../../lib/util/manual-clock.ts';
import { MonitorWatcher } from '../../../lib/fleet/modules/monitor-watcher.ts';

const server = (id: string) => ({ id, serverType: 'chat', host: '127.0.0.1' });

function answerOf(call: (answer: AdminAnswer) => void): unknown[] {
  let answer: unknown[] = ['nothing'];
  call((...given) => {
    answer = given;
  });
  return answer;
}

describe('MasterWatcher', () => {
  it('tells those who have subscribed of every other server, and the roster of those that have started', () => {
    const registered = [server('a'), server('b')];
    const started: string[] = [];
    const told: unknown[] = [];
    const agent = {
      request: (id: string, _module: string, message: unknown) => told.push([id, message]),
      notifyAll: (_module: string, message: unknown) => told.push(['all', message]),
    } as unknown as MasterAgent;
    const roster = {
      master: server('m'),
      registered: () => registered,
      noteStarted: (id: string) => void started.push(id),
    };
    const watcher = new MasterWatcher(roster, new ManualClock());
    const ask = (message: unknown): unknown[] =>
      answerOf((answer) => {
        watcher.masterHandler(agent, message, answer);
      });
    expect(ask({ action: 'subscribe', id: 'a' })).toEqual([
      null,
      { a: server('a'), b: server('b') },
    ]);
    expect(ask({ action: 'subscribe', id: 'stranger' })[0]).toBeNull();
    expect(ask({ action: 'record', id: 'a' })).toEqual([null, 1]);
    expect(ask({ action: 'record', id: 'stranger' })).toEqual([null, 1]);
    expect(started).toEqual(['a']);
    expect(ask({ action: 'toString', id: 'a' })).toEqual(['unknown action:toString', undefined]);
    expect(ask(null)).toEqual(['empty id', undefined]);
    watcher.serverAdded(server('a'));
    watcher.serverAdded(server('b'));
    watcher.serverRemoved('b');
    watcher.tellStartOver();
    expect(told).toEqual([
      ['a', { action: 'addServer', server: server('b') }],
      ['a', { action: 'removeServer', id: 'b' }],
      ['all', { action: 'startOver' }],
    ]);
  });
});

describe('MasterWatcher whose servers come one after the other', () => {
  function makeMaster() {
    const clock = new ManualClock();
    const told: unknown[] = [];
    const registered = [server('a')];
    const roster = {
      master: server('m'),
      registered: () => registered,
      noteStarted: () => undefined,
    };
    const watcher = new MasterWatcher(roster, clock);
    const agent = {
      request: (
        id: string,
        _module: string,
        { action, server: of }: { action: string; server?: { id: string } },
      ) => told.push(`${id}: ${action} ${of?.id ?? ''}`.trim()),
    } as unknown as MasterAgent;
    watcher.attach(agent);
    const come = (id: string): void => {
      registered.push(server(id));
      watcher.serverAdded(server(id));
    };
    watcher.masterHandler(agent, { action: 'subscribe', id: 'a' }, () => undefined);
    return { clock, told, watcher, come, agent };
  }

  it('tells of those that come in a row when no further one comes', () => {
    const { clock, told, come } = makeMaster();
    come('b');
    clock.advance(60);
    come('c');
    clock.advance(60);
    expect(told).toEqual([]);
    clock.advance(40);
    expect(told).toEqual(['a: addServer b', 'a: addServer c']);
  });

  it('does not wait for the end of a row for ever', () => {
    const { clock, told, come } = makeMaster();
    for (let index = 0; index < 8; index += 1) {
      come(`s${String(index)}`);
      clock.advance(90);
    }
    expect(told.slice(0, 2)).toEqual(['a: addServer s0', 'a: addServer s1']);
  });

  it('tells of it before it tells that one has gone, has come back, or that all have started', () => {
    const { told, watcher, come } = makeMaster();
    come('b');
    watcher.serverRemoved('b');
    come('c');
    watcher.serverReturned(server('d'));
    expect(told).toEqual([
      'a: addServer b',
      'a: removeServer',
      'a: addServer c',
      'd: replaceServer',
    ]);
  });

  it('tells nobody twice: who subscribes later has been told of all', () => {
    const { clock, told, watcher, come, agent } = makeMaster();
    come('b');
    watcher.masterHandler(agent, { action: 'subscribe', id: 'b' }, () => undefined);
    clock.advance(100);
    expect(told).toEqual(['a: addServer b']);
  });
});

describe('MonitorWatcher', () => {
  function makeWatcher() {
    const servers = new ServerMap();
    const event = new EventEmitter();
    const events: unknown[] = [];
    for (const name of ['add_servers', 'remove_servers', 'replace_servers'])
      event.on(name, (value) => events.push([name, value]));
    const watcher = new MonitorWatcher({ servers, event, onAllStarted: () => events.push('all') });
    const take = (message: unknown): unknown[] =>
      answerOf((answer) => {
        watcher.monitorHandler({} as MonitorAgent, message, answer);
      });
    return { servers, events, watcher, take };
  }

  it('follows what the master says, and answers 1 or 0 where the error would stand', () => {
    const { servers, events, take } = makeWatcher();
    expect(take({ action: 'addServer', server: server('a') })).toEqual([1]);
    expect(take({ action: 'replaceServer', servers: { b: server('b') } })).toEqual([1]);
    expect(servers.all).toEqual([server('b')]);
    expect(take({ action: 'removeServer', id: 'b' })).toEqual([1]);
    expect(take({ action: 'startOver' })).toEqual([1]);
    expect(events).toEqual([
      ['add_servers', [server('a')]],
      ['replace_servers', { b: server('b') }],
      ['remove_servers', ['b']],
      'all',
    ]);
    expect(servers.all).toEqual([]);
  });

  it.each([
    null,
    'text',
    { action: 'addServer', server: {} },
    { action: 'replaceServer', servers: [1] },
  ])('answers 0 to %j', (message) => {
    expect(makeWatcher().take(message)).toEqual([0]);
  });

  it.each(['error', 'body'] as const)('takes the servers from the %s of the answer', (place) => {
    const { watcher, servers } = makeWatcher();
    const request = (_module: string, _message: unknown, answered: AdminAnswer): void => {
      if (place === 'error') answered({ a: server('a') });
      else answered(null, { a: server('a') });
    };
    watcher.subscribe({ id: 'x', request } as unknown as MonitorAgent);
    expect(servers.find('a')).toEqual(server('a'));
  });
});
