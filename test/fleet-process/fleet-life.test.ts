import { createServer, type Server } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { childrenOf, isAlive } from '../support/marked-processes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { commandLineOf, makeFleet } from './start-fleet.ts';

afterEach(async () => {
  await assertNoLeaks();
});

describe('a fleet in the foreground', () => {
  it('shows what all write, and ends at Ctrl-C: types in reverse, with all that they started', async () => {
    const fleet = await makeFleet(
      { 'gate-1': { behave: 'leaveChild' }, 'chat-1': { password: 'ahem' }, 'chat-2': {} },
      'development',
    );
    const vigil = fleet.startInFront();
    await vigil.waitForLine(/^master-server-1 \| vigil: all servers have started: 3 in \d+ ms$/);
    await vigil.waitForLine(/^chat-1 {10}\| vigil: chat-1 has started/);
    await waitUntil(
      async () => ((await fleet.notes()).length === 4 ? true : undefined),
      () => 'not all have heard that all have started',
    );
    const pids = await fleet.pids();
    // Every other user of the machine can read that; the server has got it all the same.
    expect(commandLineOf(pids['chat-1'] ?? null)).toMatch(
      /app\.js env=development id=chat-1 host=/,
    );
    expect(commandLineOf(pids['chat-1'] ?? null)).not.toContain('ahem');
    expect(await fleet.notes()).toContain('password=ahem chat-1');
    vigil.kill('SIGINT');
    expect(await vigil.waitForExit()).toEqual({ code: 0, signal: null });
    const stops = (await fleet.notes()).filter((line) => line.startsWith('stop'));
    expect([stops.slice(0, 2).sort(), stops[2]]).toEqual([
      ['stop chat-1', 'stop chat-2'],
      'stop gate-1',
    ]);
    expect(Object.values(pids).some((pid) => pid !== null && isAlive(pid))).toBe(false);
  });

  it('waits for nobody at a second Ctrl-C', async () => {
    const fleet = await makeFleet({ 'gate-1': {}, 'chat-1': { behave: 'neverStop' } });
    const vigil = fleet.startInFront();
    await vigil.waitForLine(/all servers have started/);
    vigil.kill('SIGINT');
    await fleet.state('chat-1', 'stopping');
    vigil.kill('SIGINT');
    expect(await vigil.waitForExit()).toEqual({ code: 130, signal: null });
    expect(await fleet.notes()).not.toContain('stop gate-1');
  });

  it('ends with its master in development, also when that is killed', async () => {
    const fleet = await makeFleet({ 'chat-1': {} }, 'development');
    const vigil = fleet.startInFront();
    await vigil.waitForLine(/all servers have started/);
    const { 'master-server-1': master, 'chat-1': chat } = await fleet.pids();
    process.kill(master ?? 0, 'SIGKILL');
    expect((await vigil.waitForExit()).code).toBe(137);
    await waitUntil(
      () => (isAlive(chat ?? 0) ? undefined : true),
      () => 'chat-1 lives without its master',
    );
  });
});

describe('a fleet in the background', () => {
  it('outlives its master: the next one takes all servers over, restarts none, and lists them', async () => {
    const fleet = await makeFleet({ 'gate-1': {}, 'chat-1': {}, 'chat-2': {} });
    const first = await fleet.start();
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(
      /^The application is running in the background now\.\nmaster pid \d+, at 127\.0\.0\.1:\d+; logs in \/.*\/logs\n$/,
    );
    await fleet.events.waitFor('fleet.allStarted');
    const before = await fleet.pids();
    const second = await fleet.start();
    expect(second.code).toBe(73);
    expect(second.stderr).toContain(`pid ${String(before['master-server-1'])}`);
    await killHard(before['master-server-1']);
    expect((await fleet.vigil('list')).code).toBe(69);
    expect((await fleet.start()).code).toBe(0);
    // One that has just come back to its master may be slow to answer it.
    const rows = await waitUntil(
      async () => {
        const listed = await fleet.list();
        return listed.every(({ state }) => state === 'up') ? listed : undefined;
      },
      () => 'not all are up',
    );
    expect(rows).toHaveLength(4);
    const after = Object.fromEntries(rows.map(({ id, pid }) => [id, pid]));
    expect({ ...after, 'master-server-1': 0 }).toEqual({ ...before, 'master-server-1': 0 });
    // They find the new master by themselves, and obey it.
    await waitUntil(
      async () => {
        const started = (await fleet.events.all()).filter(
          ({ type }) => type === 'fleet.allStarted',
        );
        return started.length === 1 ? true : undefined;
      },
      () => 'all have started again',
    );
    const stopped = await fleet.vigil('stop');
    expect(stopped).toMatchObject({ code: 0, stdout: 'stopped the fleet\n' });
    expect((await fleet.notes()).filter((line) => line.startsWith('stop')).sort()).toEqual([
      ...['stop chat-1', 'stop chat-2', 'stop gate-1'],
    ]);
    expect((await fleet.start()).code).toBe(0);
    expect((await fleet.vigil('kill')).code).toBe(0);
  });

  it('starts those again that have ended meanwhile, and ends what they have left', async () => {
    const fleet = await makeFleet({ 'gate-1': { behave: 'leaveChild' }, 'chat-1': {} });
    await fleet.start();
    await fleet.events.waitFor('fleet.allStarted');
    const before = await fleet.pids();
    const gate = before['gate-1'] ?? 0;
    const left = childrenOf(gate);
    expect(left).toHaveLength(1);
    await killHard(before['master-server-1']);
    await killHard(gate);
    expect((await fleet.start()).code).toBe(0);
    await fleet.state('gate-1', 'ready', 2);
    await waitUntil(
      () => (left.some(isAlive) ? undefined : true),
      () => 'what gate-1 had started lives on',
    );
    const after = await fleet.pids();
    expect(after['chat-1']).toBe(before['chat-1']);
    expect(after['gate-1']).not.toBe(gate);
    expect((await fleet.vigil('stop')).code).toBe(0);
  });

  it('is not there when the master cannot run, and says why', async () => {
    const holder = createServer();
    const port = await listen(holder);
    const fleet = await makeFleet({ 'chat-1': {} }, 'production', { port });
    const taken = await fleet.start();
    expect([taken.code, taken.stdout]).toEqual([1, '']);
    expect(taken.stderr).toContain(`port ${String(port)}`);
    holder.close();
    await fleet.write('app.js', "throw new Error('no such world');\n");
    const broken = await fleet.start();
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain('Error: no such world');
    await fleet.write('config/servers.json', '{\n  "production": { "chat": [{ "id": 7 }] }\n}\n');
    const wrong = await fleet.start();
    expect(wrong.code).toBe(78);
    expect(wrong.stderr).toContain('config/servers.json:2:36: production.chat[0].id: expected');
    expect(await readFile(join(fleet.base, 'logs/master-server-1.log'), 'utf8')).toContain('world');
  });
});

async function killHard(pid: number | null | undefined): Promise<void> {
  process.kill(pid ?? 0, 'SIGKILL');
  await waitUntil(
    () => (isAlive(pid ?? 0) ? undefined : true),
    () => `${String(pid)} lives`,
  );
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as { port: number }).port);
    });
  });
}
