import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SocketQuery } from '../../../lib/process/listener/bind-socket.ts';
import { childrenOf, isAlive } from '../../support/marked-processes.ts';
import { startNode, type StartedChild } from '../../support/start-child.ts';
import { waitForEvent } from '../../support/wait-for-event.ts';
import { waitUntil } from '../../support/wait-until.ts';

const PROGRAM = join(__dirname, '../../fixtures/listener/holder.cjs');

export const ANY_PORT: SocketQuery = {
  address: '127.0.0.1',
  port: 0,
  addressType: 4,
  flags: 0,
  index: 0,
};

/** A process that owns sockets, has clients answered on them, and starts servers that borrow them. */
export class Holder {
  readonly child: StartedChild = startNode([PROGRAM], { ipc: true });

  /** Has it do something, and gives what came of it. */
  async do<T = unknown>(act: string, args: object = {}): Promise<T> {
    const done = waitForEvent(
      this.child.process,
      'message',
      (message: { act: string }) => message.act === act,
    );
    this.child.process.send({ act, ...args });
    const [message] = await done;
    return (message as { value: T }).value;
  }

  /** The pid of a server that listens. */
  serve(speaksHttp = true): Promise<number> {
    return this.do('serve', { query: ANY_PORT, speaksHttp });
  }

  port(): Promise<number> {
    return this.do('port', { query: ANY_PORT });
  }

  /** The port of a server that was killed while it listened. */
  async portWithoutServer(speaksHttp = true): Promise<number> {
    await killAndWait(await this.serve(speaksHttp));
    return this.port();
  }

  /** Opens the door, and gives the pid of the process that answers. */
  async open(retryAfterMs = 1500): Promise<number> {
    await this.do('open', { retryAfterMs });
    return waitUntil(
      () => childrenOf(this.child.pid).find(isAlive),
      () => 'no doorkeeper was started',
    );
  }

  /** Gives up all sockets and ends. */
  async end(): Promise<void> {
    this.child.process.send({ act: 'end' });
    await this.child.waitForExit();
  }
}

/** Kills a process whose parent lives, and waits until it is reaped: a thread of it may keep its files open until then. */
export async function killAndWait(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await waitUntil(
    () => (existsSync(`/proc/${pid}`) ? undefined : true),
    () => `process ${pid} is still there`,
  );
}

export async function gone(pid: number): Promise<void> {
  await waitUntil(
    () => (isAlive(pid) ? undefined : true),
    () => `process ${pid} is still there`,
  );
}
