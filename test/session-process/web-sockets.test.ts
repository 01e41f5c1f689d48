import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import WebSocket from 'ws';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { waitForEvent } from '../support/wait-for-event.ts';
import { startRequests } from './in-flight.ts';
import { makeCertificate } from './make-certificate.ts';
import { runServer, type Session } from './run-server.ts';

const CLEAN = { code: 0, signal: null };

afterEach(async () => {
  await assertNoLeaks();
});

async function openWebSocket(session: Session, scheme = 'ws'): Promise<WebSocket> {
  const url = `${scheme}://127.0.0.1:${await session.port()}/chat`;
  const client = new WebSocket(url, { rejectUnauthorized: false });
  // It is connected, and the server's library has it.
  await waitForEvent(client, 'message');
  return client;
}

/** A client that upgrades to any protocol and then keeps silent. */
async function openRaw(session: Session, path: string, protocol: string): Promise<Socket> {
  const socket = connect(Number(await session.port()), '127.0.0.1').on('error', () => undefined);
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: tea\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGVhIHRlYSB0ZWEgdGVhIQ==\r\n\r\n',
  );
  return socket;
}

describe('the WebSockets of an unmodified server', () => {
  it('are closed with 1001 at its end, once what is in flight has been answered', async () => {
    const session = await runServer('web-sockets.cjs');
    await session.ready();
    const clients = await Promise.all([openWebSocket(session), openWebSocket(session)]);
    const closed = Promise.all(clients.map((client) => waitForEvent(client, 'close')));
    const { outcomes } = await startRequests(session, '/slow/300');
    expect(await session.stop()).toEqual(CLEAN);
    expect((await closed).map(([code]) => code)).toEqual([1001, 1001]);
    expect(new Set(await outcomes)).toEqual(new Set([200]));
    // The server's own library has seen the answers of the clients.
    expect(session.vigil.lines.filter((line) => line === 'socket closed with 1001')).toHaveLength(
      2,
    );
    expect(await session.event('drain.finished')).toMatchObject({
      open: 0,
      requests: [],
      moreRequests: 0,
    });
  });

  it('are closed with 1001 over TLS too, beside the streams of HTTP/2', async () => {
    const session = await runServer('web-sockets.cjs', { args: [await makeCertificate()] });
    await session.ready();
    const client = await openWebSocket(session, 'wss');
    const closed = waitForEvent(client, 'close');
    const http2 = connectHttp2(`https://127.0.0.1:${await session.port()}`, {
      rejectUnauthorized: false,
    });
    const slow = http2.request({ ':path': '/slow/300' }).setEncoding('utf8');
    let body = '';
    slow.on('data', (text: string) => (body += text));
    await waitForEvent(http2.request({ ':path': '/' }).resume(), 'end');
    expect(await session.stop()).toEqual(CLEAN);
    expect([(await closed)[0], body]).toEqual([1001, 'answered']);
    expect(await session.event('drain.finished')).toMatchObject({ open: 0 });
  });

  it('are closed at the end of a process that is replaced, and come back to the next', async () => {
    const session = await runServer('web-sockets.cjs');
    await session.ready();
    const closed = waitForEvent(await openWebSocket(session), 'close');
    session.vigil.child.kill('SIGHUP');
    expect((await closed)[0]).toBe(1001);
    await session.event('reload.succeeded');
    const second = waitForEvent(await openWebSocket(session), 'close');
    expect(await session.stop()).toEqual(CLEAN);
    expect((await second)[0]).toBe(1001);
  });

  it('whose clients do not answer are destroyed soon after', async () => {
    const session = await runServer('web-sockets.cjs');
    await session.ready();
    const client = await openRaw(session, '/silent', 'websocket');
    // Its own end stays open: only the server can close it.
    client.allowHalfOpen = true;
    await waitForEvent(client, 'data');
    expect(await session.stop()).toEqual(CLEAN);
    expect(await session.event('drain.finished')).toMatchObject({ open: 0 });
    client.destroy();
  });
});

describe('a connection upgraded to another protocol', () => {
  it('is ended, which lets its client go', async () => {
    const session = await runServer('web-sockets.cjs');
    await session.ready();
    const client = await openRaw(session, '/tea', 'tea');
    await waitForEvent(client, 'data');
    client.resume();
    expect(await session.stop()).toEqual(CLEAN);
    expect(await session.event('drain.finished')).toMatchObject({ open: 0 });
  });

  it('whose client stays is named when the drain gives up, as is one that was never answered', async () => {
    const session = await runServer('web-sockets.cjs', { set: ['shutdown.drainSeconds=0.5'] });
    await session.ready();
    const clients = [
      await openRaw(session, '/tea?leaf=green', 'tea'),
      await openRaw(session, '/unanswered', 'websocket'),
    ];
    for (const client of clients) client.allowHalfOpen = true;
    await waitForEvent(clients[0] as Socket, 'data');
    await session.get('/');
    const answered: Buffer[] = [];
    clients[1]?.on('data', (chunk) => answered.push(chunk));
    expect(await session.stop()).toEqual(CLEAN);
    const finished = await session.event('drain.finished');
    expect(finished).toMatchObject({ open: 2, moreRequests: 0 });
    expect(finished['requests']).toEqual(
      expect.arrayContaining([
        { method: 'GET', path: '/tea', ageMs: expect.any(Number), upgraded: true },
        { method: 'GET', path: '/unanswered', ageMs: expect.any(Number), upgraded: true },
      ]),
    );
    expect(answered).toEqual([]);
    for (const client of clients) client.destroy();
  });
});
