import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type FleetDirectory, makeFleet } from './start-fleet.ts';

afterEach(async () => {
  await assertNoLeaks();
});

async function end(fleet: FleetDirectory): Promise<void> {
  expect((await fleet.vigil('stop')).code).toBe(0);
}

describe('the servers of a fleet', () => {
  it('are started again later and later when they crash before they register, for all to see', async () => {
    const fleet = await makeFleet({ 'chat-1': { behave: 'crash' }, 'gate-1': {} });
    await fleet.start();
    await fleet.state('chat-1', 'waiting', 2);
    const { stdout } = await fleet.vigil('list');
    expect(stdout).toMatch(
      /^chat-1: (?:waiting|starting|down|broken)(?:, it does not answer)?, last end: exit\b/m,
    );
    const { stdout: logged } = await fleet.vigil('logs', 'chat-1', '-n', '1');
    expect(logged).toBe('cannot read the map of the world\n');
    const crashes = await readFile(join(fleet.base, 'logs/crash.log'), 'utf8');
    expect(crashes).toMatch(/^\[chat\],\[chat-1\],\[\d{13}\],\[exit: /);
    const down = await fleet.state('chat-1', 'down');
    expect(down['end']).toMatchObject({
      code: 3,
      cause: 'exit',
      expected: false,
      lastWords: ['cannot read the map of the world'],
    });
    // A stop undoes the restart that waits; what was stopped stays so.
    expect((await fleet.vigil('stop', 'chat-1')).code).toBe(0);
    expect((await fleet.list()).find(({ id }) => id === 'chat-1')).toMatchObject({
      state: 'down',
      pid: null,
    });
    expect((await fleet.vigil('stop', 'nobody-1')).code).toBe(1);
    await end(fleet);
  });

  it('are killed and started again when their event loop does not turn; those of another fleet are left alone', async () => {
    const fleet = await makeFleet({ 'chat-1': { behave: 'hangOnce' } }, 'production', {
      silenceSeconds: 2,
    });
    const other = await makeFleet({ 'chat-1': {} });
    await other.start();
    await other.events.waitFor('fleet.allStarted');
    const before = await other.pids();
    await fleet.start();
    await fleet.state('chat-1', 'hung');
    const { end: death } = await fleet.state('chat-1', 'down');
    expect(death).toMatchObject({ cause: 'hang', signal: 'SIGKILL', expected: false });
    await fleet.state('chat-1', 'ready', 2);
    expect((await fleet.vigil('kill')).code).toBe(0);
    expect(await other.pids()).toEqual(before);
    await end(other);
  });

  it('are restarted one after the other until one fails, and from there once it is mended', async () => {
    const fleet = await makeFleet({
      'gate-1': {},
      'chat-1': {},
      'chat-2': { behave: 'failAgain' },
      'chat-3': {},
    });
    await fleet.start();
    await fleet.events.waitFor('fleet.allStarted');
    const before = await fleet.pids();
    const failed = await fleet.vigil('restart', '-t', 'chat', '--json');
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      restarted: ['chat-1'],
      failed: [{ id: 'chat-2' }],
      left: ['chat-3'],
    });
    await fleet.write('mended');
    const resumed = await fleet.vigil('restart', '--resume', '--json');
    expect(JSON.parse(resumed.stdout)).toMatchObject({
      restarted: ['chat-1', 'chat-2', 'chat-3'],
      failed: [],
    });
    const after = await fleet.pids();
    expect(after['gate-1']).toBe(before['gate-1']);
    for (const id of ['chat-1', 'chat-2', 'chat-3']) expect(after[id]).not.toBe(before[id]);
    const states = (await fleet.events.all())
      .filter(({ type, id }) => id === 'chat-1' && type.startsWith('server.'))
      .map(({ type }) => type.replace('server.', ''));
    expect(states.slice(-5)).toEqual(['stopping', 'down', 'starting', 'registered', 'ready']);
    await end(fleet);
  });

  it('may be added, run commands beside them, and be watched over HTTP', async () => {
    const fleet = await makeFleet({ 'chat-1': {} }, 'production', { adminHttpPort: 0 });
    await fleet.start();
    const added = ['id=chat-2', 'serverType=chat', 'host=127.0.0.1'];
    expect((await fleet.vigil('add', ...added)).code).toBe(0);
    expect((await fleet.vigil('add', ...added)).stderr).toContain('"chat-2" a second time');
    await fleet.state('chat-2', 'ready');
    await fleet.state('chat-1', 'ready');
    const { stdout } = await fleet.vigil('exec', '--', process.execPath, '-p', '6 * 7');
    expect(stdout).toBe('chat-1, chat-2:\n42\n');
    const log = await readFile(join(fleet.base, 'logs/master-server-1.log'), 'utf8');
    const [, health = ''] = /health at (\S+?);/.exec(log) ?? [];
    const ready = await fetch(`${health}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', waiting: [] }]);
    expect(await (await fetch(`${health}/metrics`)).text()).toContain(
      'vigil_fleet_servers{state="ready"} 2',
    );
    await end(fleet);
    await waitUntil(
      () =>
        fetch(`${health}/healthz`).then(
          () => undefined,
          () => true as const,
        ),
      () => 'it still answers',
    );
  });
});
