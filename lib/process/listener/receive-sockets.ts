import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Clock, Timer } from '../../util/clock.ts';
import type { SocketHandle } from './bind-socket.ts';
import { parseHandingMessage, type TakenSocket } from './handed-socket.ts';

/** Where the joiner is to connect to. */
export const JOIN_VARIABLE = 'VIGIL_SOCKETS_AT';
const DEADLINE_MS = 15_000;

/**
 * Takes the listening sockets that another process gives away at the unix socket `path`; rejects when
 * they do not come.
 *
 * Nothing accepts from them yet: they go on being served by whoever serves them.
 */
export function receiveSockets(path: string, clock: Clock): Promise<readonly TakenSocket[]> {
  const joiner = spawn(process.execPath, [join(__dirname, 'socket-joiner-child.js')], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { [JOIN_VARIABLE]: path },
  });
  let timer: Timer | null = null;
  return new Promise<readonly TakenSocket[]>((resolve, reject) => {
    timer = clock.setTimer(DEADLINE_MS, () => {
      joiner.kill('SIGKILL');
      reject(new Error('they did not come in time'));
    });
    collect(joiner, resolve, reject);
  }).finally(() => {
    timer?.cancel();
    if (joiner.connected) joiner.disconnect();
  });
}

function collect(
  joiner: ChildProcess,
  onAll: (sockets: readonly TakenSocket[]) => void,
  onFailure: (error: Error) => void,
): void {
  const taken: TakenSocket[] = [];
  joiner.on('message', (received, handle) => {
    const message = parseHandingMessage(received);
    if (message === null) return;
    if ('socket' in message && handle !== undefined)
      taken.push({ ...message.socket, handle: handle as unknown as SocketHandle });
    else if ('total' in message && message.total === taken.length) onAll(taken);
  });
  joiner.once('error', onFailure);
  // The far end of the channel is with a descendant: it closes when the last of them has ended.
  joiner.once('disconnect', () => {
    onFailure(new Error('the connection ended before they had come'));
  });
}
