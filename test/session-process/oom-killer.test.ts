import { join, resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { EventLog } from '../support/event-log.ts';
import { itWhere } from '../support/it-where.ts';
import { makeMemoryGroup } from '../support/memory-group.ts';
import { request } from '../support/request.ts';
import { startChild } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { fixture } from './run-server.ts';

const MB = 1024 * 1024;
const group = makeMemoryGroup(300 * MB);
const itLimited = itWhere(group !== null, 'this process may limit no memory by a control group');

afterAll(() => group?.remove());

/** Everything within the group, as in a container. */
const ENTER = 'echo $$ > "$0/cgroup.procs"; exec "$@"';

describe('a server that the kernel ends for want of memory', () => {
  itLimited('dies of the oom-killer, and its report tells how much there was', async () => {
    const stateDirectory = join(await makeTempDirectory(), 'state');
    const vigil = [process.execPath, resolve('dist/cli/main.js'), 'run', fixture('acts.cjs')];
    const flags = ['--state-dir', stateDirectory, '--port', '0', '--no-repl'];
    const quick = [
      '--set',
      'heartbeat.intervalSeconds=0.1',
      '--set',
      'polling.intervalSeconds=0.1',
    ];
    const run = [group?.path ?? '', ...vigil, ...flags, ...quick];
    const monitor = startChild('sh', ['-c', ENTER, ...run]);
    const events = new EventLog(join(stateDirectory, 'events.jsonl'));
    await events.waitFor('worker.ready');
    const { port } = await events.waitFor('worker.listening');
    await request(`http://127.0.0.1:${String(port)}/memory`).catch(() => undefined);
    expect(await events.waitFor('worker.exited')).toMatchObject({
      cause: 'oom-killer',
      signal: 'SIGKILL',
      expected: false,
      evidence: expect.arrayContaining([
        'the kernel counted an out-of-memory kill in its memory group',
        'its memory group may hold 300 MB',
      ]),
    });
    await events.waitFor('worker.ready', ({ generation }) => generation === 2);
    monitor.kill('SIGTERM');
    expect(await monitor.waitForExit()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });
});
