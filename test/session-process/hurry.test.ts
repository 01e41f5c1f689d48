import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { waitForEvent } from '../support/wait-for-event.ts';
import { runServer } from './run-server.ts';

let mailServer: Server;
const sockets = new Set<Socket>();

beforeEach(async () => {
  mailServer = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
  await waitForEvent(mailServer.listen(0, '127.0.0.1'), 'listening');
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => mailServer.close(resolve));
  await assertNoLeaks();
});

describe('a second SIGINT', () => {
  it('breaks off also the wait for a mail server that does not answer', async () => {
    const asked = waitForEvent(mailServer, 'connection');
    const { port } = mailServer.address() as AddressInfo;
    const smtp = `smtp://127.0.0.1:${String(port)}`;
    const session = await runServer('acts.cjs', {
      flags: ['--mail-to', 'a@b.example', '--smtp', smtp],
    });
    await session.ready();
    await asked;
    session.vigil.child.kill('SIGINT');
    await session.exited();
    session.vigil.child.kill('SIGINT');
    expect(await session.ended()).toEqual({ code: 130, signal: null });
    expect((await session.ofType('session.ended'))[0]).toMatchObject({ exitCode: 130 });
  });
});
