import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { EventLog } from '../support/event-log.ts';
import { itWhere } from '../support/it-where.ts';
import { openControl } from '../support/open-control.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { startChild } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { fixture, runServer } from './run-server.ts';

const CONTAINER = ['-r', '--pid', '--fork', '--mount-proc'];
const canContain = spawnSync('unshare', [...CONTAINER, 'true']).status === 0;
const itContained = itWhere(canContain, 'this machine lets nobody make a namespace of processes');

describe('a monitor that is the first process of its container', () => {
  itContained('says that it reaps nobody, and keeps its server all the same', async () => {
    const stateDirectory = join(await makeTempDirectory(), 'state');
    const vigil = [process.execPath, resolve('dist/cli/main.js'), 'run', fixture('acts.cjs')];
    const flags = ['--state-dir', stateDirectory, '--port', '0', '--no-repl'];
    const quick = [
      '--set',
      'heartbeat.intervalSeconds=0.1',
      '--set',
      'polling.intervalSeconds=0.1',
    ];
    const monitor = startChild('unshare', [...CONTAINER, ...vigil, ...flags, ...quick]);
    await monitor.waitForLine(/warn: vigil is process 1, .* docker run --init or tini/);
    const events = new EventLog(join(stateDirectory, 'events.jsonl'));
    await events.waitFor('worker.ready');
    // From out here its pid says nothing: only the socket tells that it is there.
    await openControl(stateDirectory);
    const { stdout } = await runVigil(['status', '--json', '--state-dir', stateDirectory]);
    expect(JSON.parse(stdout)).toMatchObject({ monitorPid: 1, state: 'running' });
    await runVigil(['stop', '--state-dir', stateDirectory]);
    expect(await monitor.waitForExit()).toEqual({ code: 0, signal: null });
    expect(await events.waitFor('worker.exited')).toMatchObject({ cause: 'session-end' });
    await assertNoLeaks();
  });
});

describe('a monitor that is any other process', () => {
  it('says nothing of reaping', async () => {
    const session = await runServer('acts.cjs');
    await session.ready();
    await session.stop();
    expect(session.vigil.lines.filter((line) => line.includes('process 1'))).toEqual([]);
    await assertNoLeaks();
  });
});
