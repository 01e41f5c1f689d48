import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createChildProcessHandle } from '../../lib/process/handles/child-process-handle.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { TEST_MARKER, killMarkedProcesses } from '../support/marked-processes.ts';

afterEach(killMarkedProcesses);
afterEach(() => assertNoLeaks());

describe('the handle of a child process', () => {
  it('settles its exit without delay, although a connection was on its way to the process', async () => {
    const child = fork('test/fixtures/process/idle.cjs', {
      env: { ...process.env, ...TEST_MARKER },
    });
    await once(child, 'message');
    const handle = createChildProcessHandle(child, { clock: new ManualClock(), marker: 'A=b' });
    let fact: unknown = 'still waits';
    void handle.exit.then((settled) => (fact = settled));
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    child.kill('SIGSTOP');
    child.send('take this', server);
    child.kill('SIGKILL');
    await Promise.all([once(child, 'exit'), once(child, 'close')]);
    await new Promise(setImmediate);
    server.close();
    await once(server, 'close');
    expect(fact).toEqual({ code: null, signal: 'SIGKILL', spawnError: null });
  });
});
