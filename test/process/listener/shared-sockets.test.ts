import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SocketHandle, SocketQuery } from '../../../lib/process/listener/bind-socket.ts';
import { HeldSockets } from '../../../lib/process/listener/held-sockets.ts';
import { findOffer, type OfferedSocket } from '../../../lib/process/listener/offered-socket.ts';
import { makeTempDirectory } from '../../support/temp-directory.ts';

class FakeHandle implements SocketHandle {
  isClosed = false;

  listen(): number {
    return 0;
  }

  close(): void {
    this.isClosed = true;
  }
}

const WEB: SocketQuery = { address: null, port: 80, addressType: 4, flags: 0, index: 0 };

function unix(address: string): SocketQuery {
  return { address, port: -1, addressType: -1, flags: 0, index: 0 };
}

function offer(part: Partial<OfferedSocket>): OfferedSocket {
  return { handle: new FakeHandle(), address: '::', port: 80, namedPort: null, ...part };
}

describe('HeldSockets that share sockets with another supervisor', () => {
  it('lends a shared socket for the query that the other one had it for', () => {
    const held = new HeldSockets();
    const handle = new FakeHandle();
    held.share(WEB, handle, true);
    expect(held.lend({ ...WEB })).toEqual({ errno: 0, handle });
    expect(held.sockets).toMatchObject([{ query: WEB, speaksHttp: true }]);
  });

  it('removes the file of a shared unix socket only once it is its own', async () => {
    const path = join(await makeTempDirectory(), 'door.sock');
    writeFileSync(path, '');
    const [failed, succeeded] = [new HeldSockets(), new HeldSockets()];
    for (const held of [failed, succeeded]) held.share(unix(path), new FakeHandle(), false);
    failed.close();
    expect(existsSync(path)).toBe(true);
    succeeded.own(unix(path));
    succeeded.close();
    expect(existsSync(path)).toBe(false);
  });

  it('forgets without closing what it lets go, and closes the rest', () => {
    const held = new HeldSockets();
    const [kept, other] = [new FakeHandle(), new FakeHandle()];
    held.share(WEB, kept, true);
    held.share({ ...WEB, index: 1 }, other, true);
    held.letGo([WEB]);
    held.close();
    expect([kept.isClosed, other.isClosed]).toEqual([false, true]);
  });
});

describe('HeldSockets that were offered sockets', () => {
  it('lend the only one for whatever is asked first', () => {
    const only = offer({ port: 8080 });
    const held = new HeldSockets([only]);
    expect(held.lend({ ...WEB, port: 3000 }).handle).toBe(only.handle);
  });

  it('keep one that the server closes, for the next time it listens', () => {
    const [first, second] = [offer({}), offer({ port: 81 })];
    const held = new HeldSockets([first, second]);
    held.lend(WEB);
    held.release(WEB);
    expect(held.sockets).toEqual([]);
    expect(held.lend(WEB).handle).toBe(first.handle);
    held.close();
    expect((first.handle as FakeHandle).isClosed).toBe(true);
  });
});

describe('findOffer', () => {
  const named = offer({ port: 8443, namedPort: 0 });
  const local = offer({ address: '127.0.0.1' });
  const any = offer({});
  const door = offer({ address: '/run/door.sock', port: -1 });
  const nameless = offer({ address: null, port: -1 });
  const offers = [any, local, named, nameless, door];

  it.each([
    ['by the path of a unix socket', unix('/run/door.sock'), door],
    ['none for another path', unix('/run/other.sock'), undefined],
    ['by its name, also for any port', { ...WEB, port: 0 }, named],
    ['by address and port', { ...WEB, address: '127.0.0.1' }, local],
    ['by the port alone, which could not be bound again', { ...WEB, address: '10.0.0.1' }, any],
    ['none for another port', { ...WEB, port: 81 }, undefined],
  ])('finds the socket that is meant: %s', (_how, query, expected) => {
    expect(findOffer(offers, query)).toBe(expected);
  });

  it('takes no socket for any port by its number', () => {
    expect(findOffer([any], { ...WEB, port: 0 })).toBeUndefined();
  });
});
