import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { runServer, type Session } from './run-server.ts';

const SET = ['heartbeat.silenceSeconds=1.5'];

async function expectReported(session: Session, place: string): Promise<void> {
  const [, name = '', file = '', line = ''] = /^(\S*) \((\S+):(\d+)\)$/.exec(place) ?? [];
  expect(await session.event('hang.detected')).toMatchObject({
    place: expect.stringMatching(new RegExp(`^${name} \\(\\S*${file}:${line}\\)$`)),
    stack: expect.stringMatching(new RegExp(`^    at ${name} \\(\\S*/${file}:${line}:\\d+\\)\\n`)),
    note: '',
  });
  await session.vigil.waitForLine(
    new RegExp(`error: .* hangs: .*stuck in ${name} \\(\\S*${file}:${line}\\)`),
  );
  expect(await session.exited()).toMatchObject({ cause: 'hang', signal: 'SIGKILL' });
  await session.ready(2);
  expect((await session.stop()).code).toBe(0);
  expect(session.reports()).toMatchObject([
    {
      cause: 'hang',
      evidence: expect.arrayContaining([expect.stringContaining(`stuck in ${name} (`)]),
      hangStack: expect.stringMatching(
        new RegExp(`^    at ${name} \\(.*${file}:${line}:\\d+\\)\n`),
      ),
      sourceFrame: { function: name, line: Number(line) },
    },
  ]);
}

describe('the stack of a server that hangs', () => {
  it('names the line of an endless loop, also beside an open debugger port and a thread of the server', async () => {
    const session = await runServer('hangs.cjs', {
      set: [...SET, 'serverProcess=child'],
      flags: ['--node-arg=--inspect=127.0.0.1:0'],
    });
    await session.ready();
    await session.act('/spin');
    await expectReported(session, 'spin (hangs.cjs:15)');
    await assertNoLeaks();
  });

  it('names the line of an endless regular expression in an ES module', async () => {
    const session = await runServer('hangs.mjs', { set: SET });
    await session.ready();
    await session.act('/hang');
    await expectReported(session, 'check (hangs.mjs:7)');
    await assertNoLeaks();
  });

  it('names the line of TypeScript that was compiled in memory', async () => {
    const session = await runServer('hangs.ts', {
      set: SET,
      flags: ['--node-arg', '--import', '--node-arg', 'tsx'],
    });
    await session.ready();
    await session.act('/hang');
    await expectReported(session, 'total (hangs.ts:10)');
    await assertNoLeaks();
  });
});
