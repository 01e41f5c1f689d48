import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The client binds it under a longer name of its own first: seventeen characters more.
const LONGEST_BYTES = (process.platform === 'linux' ? 107 : 103) - 17;
const LONGEST_NAME = 'ssh/9999-9999.sock'.length + 1;

/** The folder for the sockets of ssh clients: in the state directory, or where its path is too long for a socket, a private one of its own. */
export function makeControlFolder(stateDirectory: string): {
  readonly path: string;
  readonly isOwn: boolean;
} {
  const isOwn = Buffer.byteLength(stateDirectory) + LONGEST_NAME > LONGEST_BYTES;
  if (isOwn) return { path: mkdtempSync(join(tmpdir(), 'vigil-ssh-')), isOwn };
  const path = join(stateDirectory, 'ssh');
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return { path, isOwn };
}
