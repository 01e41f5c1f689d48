import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { join } from 'node:path';
import type { HandedSocket, TakenSocket } from './handed-socket.ts';

/** What the courier is to say of the sockets it inherits. */
export const SOCKETS_VARIABLE = 'VIGIL_HANDED_SOCKETS';
/** Where a child finds the channel to its parent, or to whom it is to take for it. */
const CHANNEL_FD = 3;

export type Channel = Exclude<StdioOptions, string>[number];

/** Starts a program of ours with `channel` as its channel to a parent, and more descriptors after it. */
export function startOnChannel(
  file: string,
  stdio: readonly [channel: Channel, ...more: Channel[]],
  environment: NodeJS.ProcessEnv = {},
): ChildProcess {
  const child = spawn(process.execPath, [join(__dirname, file)], {
    stdio: ['ignore', 'ignore', 'ignore', ...stdio],
    env: { ...environment, NODE_CHANNEL_FD: String(CHANNEL_FD) },
  });
  // Who waits for the sockets sees that the channel closes without them.
  child.on('error', () => undefined);
  return child;
}

/** Has listening sockets sent over a channel by a process that inherits both. */
export function startCourier(channel: Channel, sockets: readonly TakenSocket[]): ChildProcess {
  const said = sockets.map(({ query, speaksHttp, isForeign }): HandedSocket => ({
    query,
    speaksHttp,
    isForeign,
  }));
  const fds = sockets.map(({ handle }) => handle.fd ?? -1);
  return startOnChannel('socket-courier-child.js', [channel, ...fds], {
    [SOCKETS_VARIABLE]: JSON.stringify(said),
  });
}
