import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { isAlive } from '../support/marked-processes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type Session, runServer } from './run-server.ts';

const WAYS = ['cluster', 'child'] as const;

/** The pids of the server and of the two it has started. */
async function pidsOf(session: Session): Promise<number[]> {
  const { pid } = await session.ready();
  const matches = [1, 0].map((level) =>
    session.vigil.waitForLine(new RegExp(`level ${level} pid (\\d+)`)),
  );
  return [pid as number, ...(await Promise.all(matches)).map(([, found]) => Number(found))];
}

async function startParent(set: readonly string[]): Promise<Session> {
  return runServer('parent.cjs', { args: ['server'], set });
}

async function waitForEnds(pids: readonly number[]): Promise<void> {
  await waitUntil(
    () => (pids.some(isAlive) ? undefined : true),
    () => `still there: ${pids.filter(isAlive).join(', ')}`,
  );
}

describe('the SIGKILL of the monitor', () => {
  it.each(WAYS)('ends an idle server and all it has started (%s)', async (way) => {
    const session = await startParent([`serverProcess=${way}`]);
    const pids = await pidsOf(session);
    session.vigil.child.kill('SIGKILL');
    await waitForEnds(pids);
    await assertNoLeaks();
  });

  it.each(WAYS)('ends a server whose loop is blocked, and all it has started (%s)', async (way) => {
    const session = await startParent([`serverProcess=${way}`]);
    const pids = await pidsOf(session);
    await session.act('/block');
    await session.vigil.waitForLine(/^blocked$/);
    session.vigil.child.kill('SIGKILL');
    await waitForEnds(pids);
    await assertNoLeaks();
  });
});
