import type {
  AdminModule,
  MasterAgent,
  MonitorAgent,
} from '../../../lib/fleet/modules/admin-module.ts';
import type { Sender } from '../../../lib/fleet/modules/module-desk.ts';
import { ModuleHost } from '../../../lib/fleet/modules/module-host.ts';
import { ManualClock } from '../../../lib/util/manual-clock.ts';

const client: Sender = { kind: 'client', id: 'c', user: 'admin', level: 1 };
const onlooker: Sender = { ...client, level: 2 };
const monitor: Sender = { kind: 'monitor', id: 'chat-1', type: 'chat' };
const master: Sender = { kind: 'master' };

function makeHost(role: 'master' | 'monitor', modules: readonly AdminModule[]) {
  const clock = new ManualClock();
  const troubles: unknown[] = [];
  const commands: string[] = [];
  const onTrouble = (id: string, error: unknown): void => void troubles.push([id, String(error)]);
  const host = new ModuleHost({ role, clock, startMs: 1000, onTrouble });
  for (const module of modules) host.add(module);
  const agent = (role === 'master'
    ? { notifyCommand: (...given: string[]) => commands.push(given.join(' ')) }
    : {}) as unknown as MasterAgent & MonitorAgent;
  const ask = (moduleId: string, body: unknown, from: Sender): Promise<unknown[]> =>
    new Promise((resolve) => {
      host.deliver({
        moduleId,
        body,
        from,
        answer: (...given) => {
          resolve(given);
        },
      });
    });
  const order = (command: string, moduleId: string | null, from: Sender): Promise<unknown[]> =>
    new Promise((resolve) => {
      host.command({
        command,
        moduleId,
        from,
        answer: (...given) => {
          resolve(given);
        },
      });
    });
  return { host, clock, troubles, commands, agent, ask, order };
}

describe('ModuleHost', () => {
  it('passes a message to the handler for its sender, with its own side of the agent', async () => {
    const seen: unknown[] = [];
    const echo: AdminModule = {
      moduleId: 'echo',
      masterHandler: (agent, message, answer) => {
        seen.push(agent);
        answer(null, ['master', message]);
      },
      clientHandler: (_agent, message, answer) => {
        answer(null, ['client', message]);
      },
      monitorHandler: (_agent, message, answer) => {
        answer(['monitor', message]);
      },
    };
    const { host, agent, ask } = makeHost('master', [echo]);
    await host.start(agent);
    expect(await ask('echo', 1, monitor)).toEqual([null, ['master', 1]]);
    expect(await ask('echo', 2, client)).toEqual([null, ['client', 2]]);
    expect(seen).toEqual([agent]);
    const server = makeHost('monitor', [echo]);
    await server.host.start(server.agent);
    expect(await server.ask('echo', 3, master)).toEqual([['monitor', 3], undefined]);
  });

  it('answers for what is unknown, without a handler, disabled or not started', async () => {
    const { host, agent, ask } = makeHost('master', [{ moduleId: 'a' }]);
    expect(await ask('a', null, client)).toEqual(['module a is not started', undefined]);
    await host.start(agent);
    expect(await ask('__proto__', null, client)).toEqual(['unknown moduleId:__proto__', undefined]);
    expect(await ask('a', null, client)).toEqual(['module a has no clientHandler', undefined]);
    host.disable('a');
    expect(await ask('a', null, client)).toEqual(['module a is disabled', undefined]);
  });

  it('answers with what a handler throws or rejects with, and only once', async () => {
    const { host, agent, ask, troubles } = makeHost('master', [
      {
        moduleId: 'throws',
        clientHandler: () => {
          throw new Error('broken');
        },
      },
      {
        moduleId: 'rejects',
        clientHandler: async () => {
          throw new Error('later');
        },
      },
      {
        moduleId: 'twice',
        clientHandler: (_a, _m, answer) => {
          answer(null, 1);
          answer(null, 2);
        },
      },
    ]);
    await host.start(agent);
    expect(await ask('throws', null, client)).toEqual(['broken', undefined]);
    expect(await ask('rejects', null, client)).toEqual(['later', undefined]);
    const answers: unknown[] = [];
    const answer = (...given: unknown[]): void => void answers.push(given);
    host.deliver({ moduleId: 'twice', body: null, from: client, answer });
    expect(answers).toEqual([[null, 1]]);
    expect(troubles).toEqual([
      ['throws', 'Error: broken'],
      ['rejects', 'Error: later'],
    ]);
  });

  it.each([
    ['master', 'pull'],
    ['monitor', 'push'],
  ] as const)(
    'calls, as %s, a module of type %s after its delay and then at its interval',
    async (role, type) => {
      const calls: unknown[] = [];
      const note = (_agent: unknown, message: unknown): void => void calls.push(message);
      const timed = { interval: 10, delay: 2, masterHandler: note, monitorHandler: note };
      const { host, clock, agent } = makeHost(role, [
        { moduleId: 'timed', type, ...timed },
        { moduleId: 'other', type: type === 'pull' ? 'push' : 'pull', ...timed },
        { moduleId: 'untyped', ...timed },
      ]);
      await host.start(agent);
      clock.advance(1999);
      expect(calls).toEqual([]);
      clock.advance(1);
      clock.advance(20_000);
      expect(calls).toEqual([null, null, null]);
      host.disable('timed');
      clock.advance(60_000);
      expect(calls).toHaveLength(3);
      host.enable('timed');
      clock.advance(2000);
      expect(calls).toHaveLength(4);
      host.stop();
      expect(clock.waiting).toBe(0);
    },
  );

  it('goes on calling a module that throws', async () => {
    let calls = 0;
    const { host, clock, agent, troubles } = makeHost('master', [
      {
        moduleId: 'bad',
        type: 'pull',
        interval: 1,
        masterHandler: () => {
          calls += 1;
          throw new Error('x');
        },
      },
    ]);
    await host.start(agent);
    clock.advance(2000);
    expect([calls, troubles.length]).toEqual([3, 3]);
  });

  it('starts modules one after the other, and fails with the first that fails', async () => {
    const order: string[] = [];
    const { host, agent, clock } = makeHost('master', [
      {
        moduleId: 'a',
        start: (done) => {
          order.push('a');
          queueMicrotask(() => {
            order.push('a done');
            done();
          });
        },
      },
      {
        moduleId: 'b',
        start: async () => {
          order.push('b');
          throw new Error('no disk');
        },
      },
      { moduleId: 'c', type: 'pull', interval: 1, start: () => void order.push('c') },
    ]);
    await expect(host.start(agent)).rejects.toMatchObject({
      code: 'ERR_FLEET_MODULE',
      message: 'the admin module "b" could not start: no disk',
    });
    expect(order).toEqual(['a', 'a done', 'b']);
    expect(clock.waiting).toBe(0);
  });

  it('lists, enables and disables for those who may, and tells the servers', async () => {
    const { host, agent, order, commands } = makeHost('master', [
      { moduleId: 'a' },
      { moduleId: '__console__' },
    ]);
    await host.start(agent);
    expect(await order('list', null, onlooker)).toEqual([null, { modules: ['a'] }]);
    expect(await order('disable', 'a', onlooker)).toEqual(['Command permission denied', undefined]);
    expect(await order('disable', 'a', monitor)).toEqual(['Command permission denied', undefined]);
    expect(await order('disable', 'a', client)).toEqual([null, 1]);
    expect(await order('enable', 'a', client)).toEqual([null, 1]);
    expect(await order('enable', 'b', client)).toEqual([null, 0]);
    expect(await order('enable', null, client)).toEqual(['empty moduleId', undefined]);
    expect(await order('explode', null, client)).toEqual(['unknown command:explode', undefined]);
    expect(commands).toEqual(['disable a', 'enable a']);
  });

  it('refuses a module without an id, and two of one id', () => {
    const { host } = makeHost('master', [{ moduleId: 'a' }]);
    expect(() => {
      host.add({});
    }).toThrow(/no moduleId/);
    expect(() => {
      host.add({ moduleId: 'a' });
    }).toThrow(/two admin modules "a"/);
  });
});
