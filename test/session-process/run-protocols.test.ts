import { connect } from 'node:http2';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { waitForEvent } from '../support/wait-for-event.ts';
import { makeCertificate } from './make-certificate.ts';
import { runServer } from './run-server.ts';

describe('a server that speaks', () => {
  it.each(['https', 'h2', 'h2c', 'unix', 'late'])(
    '%s is polled in its own protocol',
    async (protocol) => {
      const folder = await makeCertificate();
      const session = await runServer('speaks.cjs', {
        set: ['polling.route=/health'],
        args: [protocol, folder],
      });
      await session.ready();
      expect(await session.stop()).toEqual({ code: 0, signal: null });
      expect(await session.event('drain.finished')).toMatchObject({ open: 0 });
      expect(await session.ofType('poll.failed')).toEqual([]);
      await assertNoLeaks();
    },
  );

  it('HTTP/2 finishes what is in flight, and does not wait for clients that stay connected', async () => {
    const session = await runServer('speaks.cjs', { args: ['h2c'] });
    await session.ready();
    const client = connect(`http://127.0.0.1:${await session.port()}`);
    const closed = waitForEvent(client, 'close');
    const slow = client.request({ ':path': '/slow' }).setEncoding('utf8');
    let body = '';
    slow.on('data', (text: string) => (body += text));
    const quick = client.request({ ':path': '/' }).resume();
    await waitForEvent(quick, 'end');
    expect(await session.stop()).toEqual({ code: 0, signal: null });
    await closed;
    expect(body).toBe('h2c');
    expect(await session.event('drain.finished')).toMatchObject({ open: 0 });
    await assertNoLeaks();
  });

  it('HTTP/2 is told which streams were open when the drain gave up', async () => {
    const session = await runServer('web-sockets.cjs', {
      set: ['shutdown.drainSeconds=0.3'],
      args: [await makeCertificate()],
    });
    await session.ready();
    const client = connect(`https://127.0.0.1:${await session.port()}`, {
      rejectUnauthorized: false,
    });
    client.on('error', () => undefined);
    const never = client.request({ ':path': '/never?secret=1' }).on('error', () => undefined);
    await waitForEvent(client.request({ ':path': '/' }).resume(), 'end');
    const closed = waitForEvent(never, 'close');
    expect(await session.stop()).toEqual({ code: 0, signal: null });
    await closed;
    expect(await session.event('drain.finished')).toMatchObject({
      open: 1,
      requests: [{ method: 'GET', path: '/never', ageMs: expect.any(Number) }],
    });
    await assertNoLeaks();
  });
});
