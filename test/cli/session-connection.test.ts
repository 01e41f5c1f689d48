import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChosenSession } from '../../lib/cli/chosen-session.ts';
import { connectSession } from '../../lib/cli/session-connection.ts';
import { ControlServer } from '../../lib/http/control-server.ts';
import { readStartTime } from '../../lib/process/process-tree.ts';
import { resolveSessionOptions } from '../../lib/session/options.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { FakePort } from '../http/fake-port.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { type StartedChild, startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

async function chooseIn(stateDirectory: string): Promise<ChosenSession> {
  return { name: 'shop', options: resolveSessionOptions({ stateDirectory }), others: [] };
}

/** A process that holds the lock of a session, and does nothing else. */
async function holdLock(stateDirectory: string): Promise<StartedChild> {
  const child = startNode(['-e', 'setInterval(() => undefined, 1000)']);
  const startTime = readStartTime(child.pid) ?? '';
  await symlink(`${child.pid}-${startTime}`, join(stateDirectory, 'lock'));
  return child;
}

describe('connectSession', () => {
  it('waits for the control socket of a monitor that has just been started', async () => {
    const stateDirectory = await makeTempDirectory();
    const child = await holdLock(stateDirectory);
    const port = new FakePort();
    const connected = connectSession(await chooseIn(stateDirectory), systemClock);
    const server = new ControlServer({ stateDirectory, port, clock: systemClock });
    await server.listen();
    const { status, holder } = await connected;
    expect(holder?.pid).toBe(child.pid);
    expect(status).toEqual(port.status());
    await server.close();
    child.kill();
    await child.waitForExit();
    await assertNoLeaks();
  });

  it('says so when the monitor runs and its socket stays closed', async () => {
    const stateDirectory = await makeTempDirectory();
    const child = await holdLock(stateDirectory);
    const clock = new ManualClock();
    let outcome: unknown;
    void connectSession(await chooseIn(stateDirectory), clock).catch((error: unknown) => {
      outcome = error;
    });
    while (outcome === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(50);
    }
    expect(outcome).toMatchObject({ code: 'ERR_CONTROL' });
    expect((outcome as Error).message).toContain(`pid ${child.pid}`);
    child.kill();
    await child.waitForExit();
    await assertNoLeaks();
  });

  it('does not wait when the holder of the lock is dead', async () => {
    const stateDirectory = await makeTempDirectory();
    const child = await holdLock(stateDirectory);
    child.kill();
    await child.waitForExit();
    await expect(
      connectSession(await chooseIn(stateDirectory), new ManualClock()),
    ).rejects.toMatchObject({ code: 'ERR_SESSION_NOT_RUNNING' });
    await assertNoLeaks();
  });
});
