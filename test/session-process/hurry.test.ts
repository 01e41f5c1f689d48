import { createServer, type AddressInfo, type Socket } from 'node:net';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { waitForEvent } from '../support/wait-for-event.ts';
import { runServer } from './run-server.ts';

describe('a second SIGINT', () => {
  it('breaks off also the wait for a mail server that does not answer', async () => {
    const sockets = new Set<Socket>();
    const mailServer = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
    await waitForEvent(mailServer.listen(0, '127.0.0.1'), 'listening');
    const { port } = mailServer.address() as AddressInfo;
    const smtp = `smtp://127.0.0.1:${String(port)}`;
    const session = await runServer('acts.cjs', {
      flags: ['--mail-to', 'a@b.example', '--smtp', smtp],
    });
    await session.ready();
    await waitForEvent(mailServer, 'connection');
    session.vigil.child.kill('SIGINT');
    await session.exited();
    session.vigil.child.kill('SIGINT');
    expect(await session.ended()).toEqual({ code: 130, signal: null });
    expect((await session.ofType('session.ended'))[0]).toMatchObject({ exitCode: 130 });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => mailServer.close(resolve));
    await assertNoLeaks();
  });
});
