import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import {
  bindSocket,
  canBindOnly,
  type SocketHandle,
  type SocketQuery,
} from '../../../lib/process/listener/bind-socket.ts';
import { assertNoLeaks } from '../../support/assert-no-leaks.ts';
import { makeTempDirectory } from '../../support/temp-directory.ts';
import { ANY_PORT } from './holder.ts';

afterEach(() => assertNoLeaks());

function bind(query: SocketQuery): SocketHandle {
  const { handle, errno } = bindSocket(query);
  if (handle === null) throw new Error(`not bound: ${errno}`);
  return handle;
}

function portOf(handle: SocketHandle): number {
  const out: { port?: number } = {};
  handle.getsockname?.(out);
  return out.port ?? 0;
}

async function answerOf(place: { readonly port: number } | { readonly path: string }) {
  const client = connect({ host: '127.0.0.1', ...place });
  const answer = await once(client, 'connect').then(
    () => 'connected',
    (error: NodeJS.ErrnoException) => error.code,
  );
  client.destroy();
  return answer;
}

async function listen(target: unknown): Promise<Server> {
  const server = createServer((socket) => socket.destroy()).listen(target);
  await once(server, 'listening');
  return server;
}

describe('bindSocket', () => {
  it('is possible on this Node', () => {
    expect(canBindOnly()).toBe(true);
  });

  it('takes the port without accepting; connections begin when somebody listens on the handle', async () => {
    const handle = bind(ANY_PORT);
    const port = portOf(handle);
    expect(port).toBeGreaterThan(0);
    expect(await answerOf({ port })).toBe('ECONNREFUSED');
    const server = await listen(handle);
    expect(await answerOf({ port })).toBe('connected');
    server.close();
    await once(server, 'close');
  });

  it('binds a unix socket by its path', async () => {
    const path = join(await makeTempDirectory(), 'door.sock');
    const handle = bind({ address: path, port: -1, addressType: -1, flags: 0, index: 0 });
    const server = await listen(handle);
    expect(await answerOf({ path })).toBe('connected');
    server.close();
    await once(server, 'close');
  });

  it.each([
    ['a port on which somebody listens', 'taken', 'EADDRINUSE'],
    ['an address of another machine', 'foreign', 'EADDRNOTAVAIL'],
  ])('gives the error number for %s, and keeps nothing open', async (_what, place, code) => {
    const server = await listen({ port: 0, host: '127.0.0.1' });
    const taken = server.address();
    const port = typeof taken === 'object' ? (taken?.port ?? 0) : 0;
    const query = place === 'taken' ? { ...ANY_PORT, port } : { ...ANY_PORT, address: '192.0.2.1' };
    const { errno, handle } = bindSocket(query);
    expect(handle).toBeNull();
    // The same number that Node itself would give.
    const { getSystemErrorName } = await import('node:util');
    expect(getSystemErrorName(errno)).toBe(code);
    server.close();
    await once(server, 'close');
  });
});
