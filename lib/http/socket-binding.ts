import { randomBytes } from 'node:crypto';
import { chmodSync, renameSync, rmSync, statSync } from 'node:fs';
import type { Server } from 'node:net';
import { connect } from 'node:net';
import { VigilError } from '../errors.ts';

/** A socket file of ours; `release` removes it unless another process has put its own in its place. */
export interface SocketBinding {
  readonly path: string;
  release(): void;
}

/** Tells whether a process accepts connections at `path`. */
export function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // Its backlog is full: it lives, and is busy. Everything else is the file of a process that is gone, or no file.
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'EAGAIN');
    });
  });
}

/**
 * Makes `server` listen at `path`, in place of whatever file is there, open to this user alone from the first moment.
 *
 * It is bound under another name and renamed: nobody ever finds a half-made socket, and when an older process closes
 * its server, the name it unlinks is not ours.
 *
 * @throws ERR_STATE_DIRECTORY when the operating system refuses
 */
export async function bindSocket(server: Server, path: string): Promise<SocketBinding> {
  const temporary = `${path}.${randomBytes(3).toString('hex')}`;
  try {
    await listen(server, temporary);
    chmodSync(temporary, 0o600);
    renameSync(temporary, path);
  } catch (cause) {
    server.close();
    rmSync(temporary, { force: true });
    const text = `cannot open the control socket ${path}: ${(cause as Error).message}`;
    throw new VigilError('ERR_STATE_DIRECTORY', text, { cause });
  }
  const inode = inodeOf(path);
  return {
    path,
    release: () => {
      if (inodeOf(path) === inode) rmSync(path, { force: true });
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // The file is made before listen() returns, so no other code runs under this mask.
    const mask = process.umask(0o177);
    try {
      server.listen({ path, exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(mask);
    }
  });
}

function inodeOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
