import { EventEmitter, once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import type {
  AdminAnswer,
  AdminModule,
  MasterAgent,
  MonitorAgent,
} from '../../../lib/fleet/modules/admin-module.ts';
import { addDefaultModules } from '../../../lib/fleet/modules/default-modules.ts';
import type { ModuleApp } from '../../../lib/fleet/modules/module-app.ts';
import { ModuleHost } from '../../../lib/fleet/modules/module-host.ts';
import { Profiler } from '../../../lib/fleet/modules/profiler.ts';
import { MonitorConsole } from '../../../lib/fleet/modules/monitor-console.ts';
import { StatusWatch } from '../../../lib/fleet/modules/process-status.ts';
import { Scripts } from '../../../lib/fleet/modules/scripts.ts';
import { createSystemMonitor } from '../../../lib/fleet/modules/system-monitor.ts';
import { systemClock } from '../../../lib/util/clock.ts';
import { ManualClock } from '../../../lib/util/manual-clock.ts';
import { makeTempDirectory } from '../../support/temp-directory.ts';
import { waitUntil } from '../../support/wait-until.ts';

const server = (id: string) => ({ id, serverType: 'chat', host: '127.0.0.1', port: 6050 });

function makeApp(settings: Record<string, unknown> = {}): ModuleApp & { stops: unknown[] } {
  const values = new Map(Object.entries(settings));
  const stops: unknown[] = [];
  return {
    state: 4,
    event: new EventEmitter(),
    componentNames: ['db'],
    get settingNames() {
      return [...values.keys()];
    },
    get: (name) => values.get(name),
    set: (name, value) => values.set(name, value),
    enable: (name) => values.set(name, true),
    disable: (name) => values.set(name, false),
    enabled: (name) => values.get(name) === true,
    getServers: () => ({ 'chat-1': server('chat-1'), gone: server('gone') }),
    stop: async (force) => void stops.push(force),
    stops,
  };
}

const monitor = { id: 'chat-1', type: 'chat', info: server('chat-1') } as unknown as MonitorAgent;

/** A master's agent whose only server answers by a module of its own. */
function agentFor(module: AdminModule): MasterAgent {
  const kept = new Map<string, unknown>();
  return {
    request: (id: string, _moduleId: string, message: unknown, answered: AdminAnswer) => {
      if (id === 'chat-1') void module.monitorHandler?.(monitor, message, answered);
      else answered(`no server ${id}`);
    },
    notifyAll: () => undefined,
    get: (id: string) => kept.get(id),
    set: (id: string, value: unknown) => kept.set(id, value),
  } as unknown as MasterAgent;
}

function ask(module: AdminModule, message: unknown): Promise<unknown[]> {
  return new Promise((resolve) => {
    void module.clientHandler?.(agentFor(module), message, (...given) => {
      resolve(given);
    });
  });
}

describe('WatchServer', () => {
  const make = (app = makeApp()) => {
    const clock = new ManualClock();
    const modules = new Map<string, AdminModule>();
    const host = {
      has: () => false,
      add: (module: AdminModule) => modules.set(module.moduleId ?? '', module),
    } as unknown as ModuleHost;
    addDefaultModules(host, { app, clock, status: new StatusWatch(clock) });
    return modules.get('watchServer') as AdminModule;
  };
  const tell = async (module: AdminModule, message: unknown) => {
    let told: unknown;
    await module.monitorHandler?.(monitor, message, (error) => (told = error));
    return told;
  };

  it('tells the functions that the application offers, all or those below a name', async () => {
    const proxy = {
      chat: { say: (_a: unknown, _b: unknown) => 1, hear: () => 2 },
      area: { go: () => 3 },
    };
    const module = make(makeApp({ proxy }));
    const all = { 'chat.say': 2, 'chat.hear': 0, 'area.go': 0 };
    expect(await tell(module, { comd: 'proxy' })).toMatchObject({ body: all });
    expect(await tell(module, { comd: 'proxy', param: 'area' })).toMatchObject({
      body: { 'area.go': 0 },
    });
    expect(await tell(module, { comd: 'handler' })).toMatchObject({ body: {} });
  });

  it('runs code only where the application has allowed it from the beginning', async () => {
    const app = makeApp();
    const module = make(app);
    await tell(module, { comd: 'enable', param: 'adminScripts' });
    await expect(tell(module, { comd: 'run', param: '1 + 1' })).rejects.toThrow(/adminScripts/);
    const open = make(makeApp({ adminScripts: true, answer: 42 }));
    expect(await tell(open, { comd: 'run', param: 'app.get("answer")' })).toMatchObject({
      body: '42',
    });
    expect(await tell(open, { comd: 'run', param: 'result = [1]' })).toMatchObject({ body: '[1]' });
  });

  it('takes no profile unless the application allows it', async () => {
    for (const comd of ['cpu', 'memory'])
      await expect(tell(make(), { comd })).rejects.toThrow(/adminProfiler/);
  });

  it('tells of every server, and of those that do not answer', async () => {
    const [error, body] = await ask(make(), { comd: 'servers' });
    expect(error).toBeNull();
    expect(body).toMatchObject({
      msg: {
        'chat-1': {
          serverId: 'chat-1',
          serverType: 'chat',
          host: '127.0.0.1',
          port: 6050,
          pid: process.pid,
        },
        gone: { error: 'no server gone' },
      },
    });
  });

  it.each([
    [{ comd: 'components' }, ['db']],
    [{ comd: 'settings' }, ['a', 'onlineUsers']],
    [{ comd: 'get', param: 'a' }, 1],
    [{ comd: 'get', param: 'onlineUsers' }, expect.stringContaining('ada')],
    [{ comd: 'logins' }, { serverId: 'chat-1', loginedCount: 1, loginedList: ['ada'] }],
    [{ comd: 'set', param: { key: 'b', value: 2 } }, 'ok'],
    [{ comd: 'enable', param: 'c' }, 'ok'],
  ])('answers %j', async (question, expected) => {
    const app = makeApp({ a: 1, onlineUsers: () => ['ada'] });
    const [error, body] = await ask(make(app), { ...question, context: 'chat-1' });
    expect([error, body]).toEqual([null, { msg: expected }]);
  });

  it('sets, enables and disables for the application', async () => {
    const app = makeApp();
    const module = make(app);
    await ask(module, { comd: 'set', context: 'chat-1', param: ['a', 1] });
    await ask(module, { comd: 'enable', context: 'chat-1', param: 'b' });
    await ask(module, { comd: 'disable', context: 'chat-1', param: 'c' });
    expect(['a', 'b', 'c'].map((name) => app.get(name))).toEqual([1, true, false]);
  });

  it('refuses what it does not know, a server that is not there, and none', async () => {
    expect(await ask(make(), { comd: 'toString', context: 'chat-1' })).toEqual([
      'unknown command:toString',
      undefined,
    ]);
    expect(await ask(make(), { comd: 'status', context: 'gone' })).toEqual([
      'no server gone',
      undefined,
    ]);
    expect(await ask(make(), { comd: 'status' })).toEqual([
      expect.stringContaining('context'),
      undefined,
    ]);
    expect(await ask(make(), null)).toEqual([expect.stringContaining('context'), undefined]);
  });
});

describe('MonitorConsole', () => {
  function order(message: unknown, app = makeApp()) {
    const kills: number[] = [];
    const status = new StatusWatch(new ManualClock());
    const module = new MonitorConsole({ app, status, kill: () => kills.push(1) });
    let answer: unknown[] = [];
    module.monitorHandler(monitor, message, (...given) => {
      answer = given;
    });
    return { answer, app, kills };
  }

  it('says how its server is where the error would stand, as the masters of the protocol expect it', () => {
    const { answer } = order({ signal: 'list' });
    expect(answer).toEqual([
      {
        serverId: 'chat-1',
        body: expect.objectContaining({
          pid: process.pid,
          rss: expect.stringMatching(/^\d+\.\d\d$/),
          state: 4,
        }),
      },
    ]);
  });

  it('stops its application by force, and ends the process when it is killed', () => {
    expect(order({ signal: 'stop' }).app.stops).toEqual([true]);
    const restart = order({ signal: 'restart' });
    expect([restart.app.stops, restart.answer]).toEqual([[true], [null, server('chat-1')]]);
    expect(order({ signal: 'kill' }).kills).toEqual([1]);
  });

  it('passes crons and blacklists to who listens for them', () => {
    const app = makeApp();
    const heard: unknown[] = [];
    app.event.on('add_crons', (value) => heard.push(value));
    expect(order({ signal: 'addCron', cron: { id: 1 } }, app).answer).toEqual([null, 1]);
    expect(order({ signal: 'blacklist', blacklist: ['10.0.0.1'] }, app).answer).toEqual([null, 0]);
    expect(heard).toEqual([{ id: 1 }]);
    expect(order({ signal: 'toString' }).answer).toEqual(['unknown signal:toString']);
    expect(order(null).answer).toEqual(['unknown signal:undefined']);
  });
});

describe('StatusWatch', () => {
  it('counts the connections to servers of its process, and none that go out', async () => {
    const watch = new StatusWatch(new ManualClock());
    watch.start();
    const count = (): number => watch.read({ id: 'a', type: 'b' }).connections;
    const listener = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const client = connect((listener.address() as AddressInfo).port, '127.0.0.1');
    await waitUntil(
      () => (count() === 1 ? true : undefined),
      () => 'not counted',
    );
    client.destroy();
    await waitUntil(
      () => (count() === 0 ? true : undefined),
      () => 'still counted',
    );
    listener.close();
    watch.stop();
  });

  it('tells how late the loop was at its worst within the last seconds', () => {
    const clock = new ManualClock();
    const watch = new StatusWatch(clock);
    watch.start();
    clock.advance(1000);
    clock.sleep(1700);
    expect(watch.read({ id: 'a', type: 'b' }).loopLagMs).toBe(700);
    clock.advance(6000);
    expect(watch.read({ id: 'a', type: 'b' }).loopLagMs).toBe(0);
    watch.stop();
    expect(clock.waiting).toBe(0);
  });
});

describe('the modules of systemMonitor', () => {
  it('ask every server at an interval, and keep for clients what each said last', async () => {
    const app = makeApp({ onlineUsers: ['ada'] });
    const modules = createSystemMonitor({
      app,
      clock: new ManualClock(),
      status: new StatusWatch(new ManualClock()),
    });
    expect(modules.map(({ moduleId, type, interval }) => [moduleId, type, interval])).toEqual([
      ['systemInfo', 'pull', 300],
      ['nodeInfo', 'pull', 300],
      ['onlineUser', 'pull', 5],
      ['monitorLog', undefined, undefined],
    ]);
    for (const module of modules.slice(0, 3)) {
      const told: unknown[] = [];
      const notify = (_id: string, message: unknown): boolean => told.push(message) > 0;
      void module.monitorHandler?.({ ...monitor, notify }, null, () => undefined);
      const agent = agentFor(module);
      void module.masterHandler?.(agent, null, () => undefined);
      for (const message of told) void module.masterHandler?.(agent, message, () => undefined);
      const answer = await new Promise<unknown[]>((resolve) => {
        void module.clientHandler?.(agent, null, (...given) => {
          resolve(given);
        });
      });
      expect(answer).toEqual([null, { 'chat-1': expect.any(Object) }]);
    }
  });

  it('show the last lines of a server, and of no other file', async () => {
    const base = await makeTempDirectory({ 'logs/chat-1.log': 'one\ntwo\nthree\n' });
    const modules = createSystemMonitor({
      app: makeApp({ base }),
      clock: new ManualClock(),
      status: new StatusWatch(new ManualClock()),
    });
    const log = modules.at(-1) as AdminModule;
    const asked = { serverId: 'chat-1', number: 2, logfile: '../../etc/passwd' };
    expect(await ask(log, asked)).toEqual([
      null,
      { logfile: 'chat-1.log', dataArray: ['two', 'three'] },
    ]);
    expect(await ask(log, {})).toEqual([expect.stringContaining('serverId'), undefined]);
  });
});

describe('addDefaultModules', () => {
  const names = (app: ModuleApp): readonly string[] => {
    const clock = new ManualClock();
    const host = new ModuleHost({ role: 'monitor', clock, startMs: 0, onTrouble: () => undefined });
    host.add({ moduleId: 'nodeInfo' });
    addDefaultModules(host, { app, clock, status: new StatusWatch(clock) });
    return host.ids;
  };

  it('adds what was enabled, scripts only by name, and never in the place of one of the application', () => {
    expect(names(makeApp())).toEqual(['nodeInfo', 'watchServer']);
    const all = makeApp({ systemMonitor: true, adminScripts: true, adminProfiler: true });
    expect(names(all)).toEqual([
      ...['nodeInfo', 'watchServer', 'systemInfo', 'onlineUser', 'monitorLog', 'scripts'],
      'profiler',
    ]);
  });
});

describe('Profiler', () => {
  const make = (base: string) =>
    new Profiler({
      app: makeApp({ base, serverId: 'chat-1' }),
      clock: systemClock,
      status: new StatusWatch(systemClock),
    });

  it('writes a profile of the processor for the owner alone, one at a time', async () => {
    const base = await makeTempDirectory();
    const module = make(base);
    const taken = ask(module, { serverId: 'chat-1', type: 'CPU', seconds: 0.05 });
    const second = module.monitorHandler(monitor, { type: 'CPU' }, () => undefined);
    await expect(second).rejects.toThrow(/another profile/);
    const [error, body] = await taken;
    expect(error).toBeNull();
    const { file } = body as { file: string };
    expect(file).toMatch(/^.*\/logs\/profiles\/chat-1-\d+\.cpuprofile$/);
    const { mode } = await stat(file);
    expect(mode & 0o077).toBe(0);
    const profile = JSON.parse(await readFile(file, 'utf8')) as { nodes: unknown[] };
    expect(profile.nodes.length).toBeGreaterThan(0);
  });

  it('refuses another kind, and a server that is not named', async () => {
    const module = make(await makeTempDirectory());
    expect(await ask(module, { serverId: 'chat-1', type: 'GPU' })).toEqual([
      'type: expected CPU or HEAP, found GPU',
      undefined,
    ]);
    expect(await ask(module, null)).toEqual([expect.stringContaining('serverId'), undefined]);
  });

  it('takes no more when nobody has taken the files away', async () => {
    const names = Array.from(
      { length: 20 },
      (_, at) => [`logs/profiles/${String(at)}`, ''] as const,
    );
    const module = make(await makeTempDirectory(Object.fromEntries(names)));
    const more = module.monitorHandler(monitor, { type: 'HEAP' }, () => undefined);
    await expect(more).rejects.toThrow(/take some away/);
  });
});

describe('Scripts', () => {
  it('keeps scripts by a plain name, and runs one in a server', async () => {
    const base = await makeTempDirectory();
    const module = new Scripts(makeApp({ base, answer: 42 }));
    const script = 'result = app.get("answer")';
    expect(await ask(module, { command: 'save', filename: 'a.js', body: script })).toEqual([
      null,
      'ok',
    ]);
    expect(await ask(module, { command: 'list' })).toEqual([
      null,
      { servers: ['chat-1', 'gone'], scripts: ['a.js'] },
    ]);
    expect(await ask(module, { command: 'get', filename: 'a.js' })).toEqual([null, script]);
    expect(await ask(module, { command: 'run', serverId: 'chat-1', script })).toEqual([null, '42']);
    await expect(
      callAgain(module, { command: 'save', filename: '../app.js', body: '' }),
    ).rejects.toThrow(/plain name/);
  });

  function callAgain(module: AdminModule, message: unknown): Promise<unknown> {
    return Promise.resolve(module.clientHandler?.(agentFor(module), message, () => undefined));
  }
});
