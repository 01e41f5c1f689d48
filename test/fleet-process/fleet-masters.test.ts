import { resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { startNode } from '../support/start-child.ts';
import { makeFleet } from './start-fleet.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');

afterEach(async () => {
  await assertNoLeaks();
});

describe('vigil fleet masterha', () => {
  it('takes the servers over when the master dies, and ends with the fleet', async () => {
    const fleet = await makeFleet({ 'chat-1': {}, 'chat-2': {} });
    expect((await fleet.vigil('masterha', '-e', 'production')).code).toBe(69);
    expect((await fleet.vigil('masterha')).code).toBe(64);
    await fleet.start();
    await fleet.events.waitFor('fleet.allStarted');
    const before = await fleet.pids();
    const standBy = startNode([CLI, 'fleet', 'masterha'], { cwd: fleet.base });
    await standBy.waitForLine(/standing by for the master with pid \d+/);
    process.kill(before['master-server-1'] ?? 0, 'SIGKILL');
    await standBy.waitForLine(/servers: 2, 2 of them taken over/);
    await fleet.state('chat-1', 'ready', 2);
    await fleet.state('chat-2', 'ready', 2);
    const { 'master-server-1': master, ...servers } = await fleet.pids();
    expect(master).not.toBe(before['master-server-1']);
    expect({ ...servers, 'master-server-1': before['master-server-1'] }).toEqual(before);

    const second = startNode([CLI, 'fleet', 'masterha'], { cwd: fleet.base });
    await second.waitForLine(/standing by for the master/);
    expect((await fleet.vigil('stop')).code).toBe(0);
    expect(await standBy.waitForExit()).toEqual({ code: 0, signal: null });
    expect(await second.waitForExit()).toEqual({ code: 0, signal: null });
    expect(second.output.text).toContain('the fleet was stopped: there is nothing to take over');
  });
});

describe('a master whose address is another one by now in its configuration', () => {
  it('is found by the commands of its machine, which say so', async () => {
    const fleet = await makeFleet({ 'chat-1': {} });
    await fleet.start();
    await fleet.events.waitFor('fleet.allStarted');
    const port = await findFreePorts(1);
    const moved = { production: { id: 'master-server-1', host: '127.0.0.1', port } };
    await fleet.write('config/master.json', JSON.stringify(moved));
    const { code, stderr } = await fleet.vigil('list');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      new RegExp(
        `^vigil: the master runs at 127\\.0\\.0\\.1:\\d+ as yet; .* says 127\\.0\\.0\\.1:${port}: `,
      ),
    );
    expect((await fleet.vigil('start', '-i', 'chat-1')).stdout).toContain('nothing to start');
    expect((await fleet.vigil('stop')).code).toBe(0);
  });
});
