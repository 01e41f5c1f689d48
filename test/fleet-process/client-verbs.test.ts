import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeLocalKey } from '../../lib/fleet/admin/local-key.ts';
import type { ModuleCall } from '../../lib/fleet/modules/module-desk.ts';
import { isPlainRecord } from '../../lib/fleet/protocol/plain-record.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { runVigil, type VigilRun } from '../support/spawn-vigil.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { endAll, type Master, startMaster } from './admin-master.ts';

const UP = { pid: 4711, rss: '81.89', heapTotal: '52.04', heapUsed: '19.79', uptime: '0.24' };
const LIST = {
  'chat-server-10': { serverId: 'chat-server-10', serverType: 'chat', ...UP },
  'chat-server-9': { serverId: 'chat-server-9', serverType: 'chat', ...UP },
  'area-server-1': {
    serverId: 'area-server-1',
    serverType: 'area',
    pid: null,
    state: 'down',
    rss: '0.00',
    uptime: '0.00',
    host: '127.0.0.1',
    rssBytes: null,
    uptimeMs: null,
    cause: 'outOfMemory',
    evidence: 'it was killed\u001b[2J by the kernel',
  },
};

type Replies = Readonly<Record<string, (body: Readonly<Record<string, unknown>>) => unknown>>;

/** A master whose console answers by signal; an Error is answered as one. */
async function startConsole(replies: Replies): Promise<Master> {
  const respond = ({ body, answer }: ModuleCall): void => {
    const order = isPlainRecord(body) ? body : {};
    const reply = replies[String(order['signal'])]?.(order);
    if (reply instanceof Error) answer?.(reply.message);
    else answer?.(null, reply);
  };
  return startMaster({ respond });
}

function vigil(
  { port }: { readonly port: number },
  words: readonly string[],
  user = ['-u', 'admin', '-p', 'secret-1'],
): Promise<VigilRun> {
  const [verb = '', ...rest] = words;
  const end = rest.includes('--') ? rest.indexOf('--') : rest.length;
  const own = ['fleet', verb, '-h', '127.0.0.1', '-P', String(port), ...user];
  return runVigil([...own, ...rest.slice(0, end), ...rest.slice(end)]);
}

/** What a master got, without who asked. */
function orderOf({ calls }: Master): Record<string, unknown> {
  const { clientId, username, ...order } = calls[0]?.body as Record<string, unknown>;
  expect({ clientId, username }).toEqual({ clientId: expect.any(String), username: 'admin' });
  return order;
}

afterEach(async () => {
  await endAll();
  await assertNoLeaks();
});

describe('vigil fleet list', () => {
  it('shows a table by type and id, and what is to be known of single servers', async () => {
    const master = await startConsole({ list: () => ({ msg: LIST }) });
    const { code, stdout } = await vigil(master, ['list']);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'serverId       serverType  pid rss(M) heapTotal(M) heapUsed(M) uptime(m) state',
        'area-server-1  area          -      -            -           -         - down',
        'chat-server-9  chat       4711  81.89        52.04       19.79      0.24 up',
        'chat-server-10 chat       4711  81.89        52.04       19.79      0.24 up',
        'area-server-1: last end: outOfMemory, it was killed·[2J by the kernel',
        '',
      ].join('\n'),
    );
  });

  it('prints one array with --json, also of what a master of the older kind answers', async () => {
    const master = await startConsole({ list: () => ({ msg: LIST }) });
    const { stdout } = await vigil(master, ['list', '--json']);
    const chat = {
      type: 'chat',
      pid: 4711,
      state: 'up',
      rssBytes: 81_890_000,
      uptimeMs: 14_400,
      host: null,
    };
    expect(JSON.parse(stdout)).toEqual([
      {
        id: 'area-server-1',
        type: 'area',
        pid: null,
        state: 'down',
        rssBytes: null,
        uptimeMs: null,
        host: '127.0.0.1',
      },
      { id: 'chat-server-9', ...chat },
      { id: 'chat-server-10', ...chat },
    ]);
  });

  it('fails with 1 and says so when the password is wrong, and shows none', async () => {
    const master = await startConsole({});
    const { code, stderr } = await vigil(master, ['list'], ['-u', 'admin', '-p', 'wrong-word']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `vigil: the master at 127.0.0.1:${master.port} does not take admin: client auth failed with username or password error\n`,
    );
  });

  it('fails with 69 when there is no master', async () => {
    const { code, stderr } = await vigil({ port: await findFreePorts() }, ['list']);
    expect(code).toBe(69);
    expect(stderr).toMatch(/^vigil: no master answers at 127\.0\.0\.1:\d+: /);
  });

  it.each([
    [['fleet', 'list', '-P', 'x']],
    [['fleet', 'list', '-P', '70000']],
    [['fleet', 'list', 'more']],
    [['fleet', 'list', '-d', '/nonexistent']],
    [['fleet', 'add']],
    [['fleet', 'add', 'chat']],
    [['fleet', 'exec']],
    [['fleet', 'restart', '--resume', '-t', 'chat']],
    [['fleet', 'nothing']],
    [['fleet']],
  ])('%j fails with 64', async (args) => {
    expect((await runVigil(args)).code).toBe(64);
  });

  it('finds master and key of this machine in the directory of the application', async () => {
    const master = await startMaster({
      respond: ({ answer }) => answer?.(null, { msg: {} }),
    });
    const config = { production: { id: 'm', host: '127.0.0.1', port: master.port } };
    const base = await makeTempDirectory({ 'config/master.json': JSON.stringify(config) });
    const state = join(base, '.vigil/fleet-production');
    await mkdir(state, { recursive: true, mode: 0o700 });
    await writeLocalKey(state, 'the-local-key');
    const here = await runVigil(['fleet', 'list', '--json'], { cwd: base });
    const there = await runVigil(['fleet', 'list', '--json', '-d', base, '-e', 'production']);
    expect([here.stdout, there.stdout]).toEqual(['[]\n', '[]\n']);
    expect(master.audit[0]).toMatchObject({ action: 'login', user: '@local' });
  });

  it('never shows the key of this machine to another master', async () => {
    const other = await startMaster();
    const config = { development: { id: 'm', host: '127.0.0.1', port: 1 } };
    const base = await makeTempDirectory({ 'config/master.json': JSON.stringify(config) });
    await mkdir(join(base, '.vigil/fleet-development'), { recursive: true });
    await writeLocalKey(join(base, '.vigil/fleet-development'), 'the-local-key');
    const { code } = await runVigil(['fleet', 'list', '-P', String(other.port)], { cwd: base });
    expect(code).toBe(1);
    expect(other.audit).toMatchObject([{ user: 'admin', outcome: 'refused' }]);
  });

  it('fails with 78 and names the place when the configuration is wrong', async () => {
    const base = await makeTempDirectory();
    await mkdir(join(base, 'config'));
    await writeFile(join(base, 'config/master.json'), '{"development":{"port":"x","host":"h"}}');
    const { code, stderr } = await runVigil(['fleet', 'list'], { cwd: base });
    expect(code).toBe(78);
    expect(stderr).toMatch(/master\.json:1:\d+/);
  });

  it('takes the password from VIGIL_FLEET_PASSWORD', async () => {
    const master = await startConsole({ list: () => ({ msg: {} }) });
    const args = ['fleet', 'list', '-P', String(master.port), '-u', 'admin', '--json'];
    const { code } = await runVigil(args, { env: { VIGIL_FLEET_PASSWORD: 'secret-1' } });
    expect(code).toBe(0);
  });
});

describe('the other verbs of a client', () => {
  it('stop servers, and say what the master says against it', async () => {
    const master = await startConsole({
      stop: ({ ids }) =>
        JSON.stringify(ids) === '["chat-1"]'
          ? { status: 'part' }
          : new Error('unknown server id: nope'),
    });
    const good = await vigil(master, ['stop', 'chat-1']);
    expect(good).toMatchObject({ code: 0, stdout: 'stopped chat-1\n' });
    expect(orderOf(master)).toEqual({ signal: 'stop', ids: ['chat-1'] });
    const bad = await vigil(master, ['stop', 'nope']);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain('vigil: unknown server id: nope\n');
  });

  it('let nothing that a master says act on the terminal', async () => {
    const master = await startConsole({ stop: () => new Error('unknown\u001b[2J: \u009b1A') });
    const { code, stderr } = await vigil(master, ['stop', 'chat\u001b[2J']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'vigil: stopping chat·[2J …\nvigil: unknown·[2J: ·1A\n',
    });
  });

  it('wait for the master when the whole fleet is stopped', async () => {
    const master: Master = await startConsole({
      stop: () => {
        setImmediate(() => void master.server.close());
        return { status: 'all' };
      },
    });
    const { code, stdout } = await vigil(master, ['stop', '--json']);
    expect({ code, said: JSON.parse(stdout) as unknown }).toEqual({
      code: 0,
      said: { status: 'all', ids: [] },
    });
  });

  it('may not stop anything as a user of level 2', async () => {
    const master = await startConsole({});
    const guest = ['-u', 'guest', '-p', 'secret-2'];
    const { code, stderr } = await vigil(master, ['stop', 'chat-1'], guest);
    expect(code).toBe(1);
    expect(stderr).toContain('Command permission denied');
    expect(master.calls).toEqual([]);
  });

  it('kill, and name what is left', async () => {
    const master = await startConsole({
      kill: () => ({ code: 'remained', serverIds: ['chat-2'] }),
    });
    const { code, stderr } = await vigil(master, ['kill', 'chat-1', 'chat-2', '-f']);
    expect(code).toBe(1);
    expect(stderr).toContain('chat-2');
    expect(orderOf(master)).toEqual({ signal: 'kill', ids: ['chat-1', 'chat-2'], force: true });
  });

  it('add servers with what is written, whatever it is', async () => {
    const master = await startConsole({ add: () => ({ status: 'ok', ids: ['chat-3'] }) });
    const args = [
      'id=chat-3',
      'host=127.0.0.1',
      'port=6052',
      'serverType=chat',
      'note=$(reboot); `x`',
    ];
    const { code, stdout } = await vigil(master, ['add', ...args]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'added chat-3\n' });
    expect(orderOf(master)).toEqual({ signal: 'add', args });
  });

  it('restart, and say where it stopped', async () => {
    const failed = { id: 'chat-2', reason: 'it was not ready within 60 s' };
    const outcome = { restarted: ['chat-1'], failed, left: ['chat-3'] };
    const master = await startConsole({ restart: () => outcome });
    const { code, stdout, stderr } = await vigil(master, ['restart', '-t', 'chat']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'restarted chat-1\n' });
    expect(stderr).toBe(
      'vigil: chat-2 did not come back: it was not ready within 60 s\n' +
        'vigil: not touched: chat-3; go on with: vigil fleet restart --resume\n',
    );
    expect(orderOf(master)).toEqual({ signal: 'restart', ids: [], type: 'chat', detail: true });
  });

  it('read the answer of a master of the older kind to restart', async () => {
    const master = await startConsole({ restart: () => ['chat-2'] });
    const { code, stderr } = await vigil(master, ['restart', '-i', 'chat-1', '-i', 'chat-2']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'vigil: chat-2 did not come back\n' });
  });

  it('run a command beside each server, and show equal answers once', async () => {
    const results = [
      { id: 'a-1', code: 0, output: 'v20\n' },
      { id: 'b-1', code: 0, output: 'v22\n' },
      { id: 'a-2', code: 0, output: 'v20\n' },
      { id: 'c-1', code: 1, output: '' },
    ];
    const master = await startConsole({ exec: () => ({ results }) });
    const { code, stdout } = await vigil(master, ['exec', '--', 'node', '--version', '; x']);
    expect(code).toBe(1);
    expect(stdout).toBe('a-1, a-2:\nv20\nb-1:\nv22\nc-1: exit code 1\n');
    const command = ['node', '--version', '; x'];
    expect(orderOf(master)).toEqual({ signal: 'exec', command, ids: [], type: null });
  });

  it('print a hash that a password may be kept as', async () => {
    const { stdout } = await runVigil(['fleet', 'password'], { input: 'tell nobody\n' });
    expect(stdout).toMatch(/^scrypt\$16384\$8\$5\$[\w-]+\$[\w-]+\n$/);
    const user = { id: '1', username: 'admin', password: stdout.trim(), level: 1 };
    const master = await startMaster({
      users: [user],
      respond: ({ answer }) => answer?.(null, { msg: {} }),
    });
    const asked = await vigil(master, ['list', '--json'], ['-u', 'admin', '-p', 'tell nobody']);
    expect(asked.stdout).toBe('[]\n');
    expect((await vigil(master, ['list'], ['-u', 'admin', '-p', 'tell'])).code).toBe(1);
  });

  it.each([
    ['a list that is none', 'list', 'text'],
    ['nothing', 'list', null],
    ['something else to exec', 'exec', {}],
  ])('fail with 1 when the master answers %s', async (_, verb, reply) => {
    const master = await startConsole({ [verb]: () => reply });
    const { code } = await vigil(master, verb === 'exec' ? ['exec', '--', 'x'] : [verb]);
    expect(code).toBe(1);
  });
});
