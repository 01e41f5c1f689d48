import type { SocketQuery } from '../../../lib/process/listener/bind-socket.ts';
import { HeldSockets } from '../../../lib/process/listener/held-sockets.ts';
import { assertNoLeaks } from '../../support/assert-no-leaks.ts';

afterEach(() => assertNoLeaks());

function anyPort(index = 0): SocketQuery {
  return { address: '127.0.0.1', port: 0, addressType: 4, flags: 0, index };
}

function portOf(held: HeldSockets, query: SocketQuery): number {
  const out: { port?: number } = {};
  held.lend(query).handle?.getsockname?.(out);
  return out.port ?? 0;
}

describe('HeldSockets', () => {
  it('lends the same socket each time it is asked the same', () => {
    const held = new HeldSockets();
    const first = held.lend(anyPort());
    expect(held.lend({ ...anyPort() })).toEqual(first);
    expect(held.sockets).toHaveLength(1);
    held.close();
  });

  it('lends two sockets to two listeners of one process that want the same', () => {
    const held = new HeldSockets();
    const ports = [portOf(held, anyPort(0)), portOf(held, anyPort(1))];
    expect(new Set(ports).size).toBe(2);
    expect([portOf(held, anyPort(0)), portOf(held, anyPort(1))]).toEqual(ports);
    held.close();
  });

  it('does not remember a refusal: the port may be free at the next start', () => {
    const owner = new HeldSockets();
    const port = portOf(owner, anyPort());
    const held = new HeldSockets();
    const wanted = { ...anyPort(), port };
    // A bound port is free for others until somebody listens on it.
    owner.sockets[0]?.handle.listen(1);
    expect(held.lend(wanted).handle).toBeNull();
    expect(held.sockets).toEqual([]);
    owner.close();
    expect(held.lend(wanted).errno).toBe(0);
    held.close();
  });

  it('knows what is spoken on a socket once it was told, and calls back when somebody listens', () => {
    const held = new HeldSockets();
    let calls = 0;
    held.whenListening(() => (calls += 1));
    held.lend(anyPort());
    expect(held.sockets[0]?.speaksHttp).toBe(false);
    held.note(anyPort(), true);
    expect([held.sockets[0]?.speaksHttp, calls]).toEqual([true, 1]);
    held.note({ ...anyPort(), index: 7 }, true);
    expect(held.sockets).toHaveLength(1);
    held.close();
  });

  it('gives up what is released, and all that nobody wants any more', () => {
    const held = new HeldSockets();
    const [first, second, third] = [0, 1, 2].map(anyPort);
    for (const query of [first, second, third]) held.lend(query!);
    held.release(first!);
    expect(held.sockets.map(({ query }) => query.index)).toEqual([1, 2]);
    held.keepOnly([third!]);
    expect(held.sockets.map(({ query }) => query.index)).toEqual([2]);
    held.release(first!);
    held.close();
    expect(held.sockets).toEqual([]);
  });

  it('lends nothing after it was closed', () => {
    const held = new HeldSockets();
    held.close();
    expect(held.lend(anyPort()).handle).toBeNull();
    expect(held.sockets).toEqual([]);
  });
});
