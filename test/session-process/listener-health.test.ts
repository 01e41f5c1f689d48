import { get } from 'node:http';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { waitForEvent } from '../support/wait-for-event.ts';
import { runServer } from './run-server.ts';

describe('a server that opens or closes its listener', () => {
  it.each(['the same', 'another'])(
    'and opens it again with %s server is polled there again',
    async (way) => {
      const session = await runServer('listens-again.cjs', { args: [way] });
      await session.ready();
      await session.act('/again');
      await session.vigil.waitForLine(/polled again/);
      await session.stop();
      expect(await session.ofType('worker.exited')).toMatchObject([{ cause: 'session-end' }]);
      await assertNoLeaks();
    },
  );

  it('is told of once, however often it had to try', async () => {
    const session = await runServer('listens-again.cjs', { args: ['retry'] });
    await session.ready();
    await session.stop();
    expect(await session.ofType('worker.listening')).toHaveLength(1);
    await assertNoLeaks();
  });

  it('for good is unhealthy, although it still serves the connections it has', async () => {
    const session = await runServer('listens-again.cjs');
    await session.ready();
    const held = get(`http://127.0.0.1:${await session.port()}/hold`);
    const [answer] = (await waitForEvent(held, 'response')) as [NodeJS.EventEmitter];
    answer.on('error', () => undefined);
    await session.act('/close');
    expect(await session.exited()).toMatchObject({
      cause: 'health',
      evidence: expect.arrayContaining([expect.stringContaining('closed its listener')]),
    });
    held.destroy();
    await session.stop();
    await assertNoLeaks();
  });
});
