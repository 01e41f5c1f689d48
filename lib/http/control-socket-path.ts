import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { VigilError } from '../errors.ts';

/** The name of the socket in the state directory. */
const CONTROL_SOCKET_NAME = 'control.sock';
/** Holds the socket's path when the state directory's own is too long for one. */
const CONTROL_SOCKET_POINTER = 'control.sock.path';

// A longer path is silently cut, and the socket lands outside its folder. The new socket is bound under another name
// in the same folder first, hence the room to spare.
const LONGEST_PATH_BYTES = (process.platform === 'linux' ? 107 : 103) - 8;

/**
 * Tells where the control socket of the session with this state directory is, whether it runs or not.
 *
 * Where the path would be too long for a socket, it lies in the runtime directory and a pointer file says where.
 */
export function resolveControlSocketPath(stateDirectory: string): string {
  const direct = join(resolve(stateDirectory), CONTROL_SOCKET_NAME);
  if (isShortEnough(direct)) return direct;
  return readPointer(stateDirectory) ?? createShortPath(stateDirectory, resolveRuntimeDirectory());
}

/** A second path beside that of the control socket, as short as it, for a socket that is there for a moment. */
export function besideControlSocketPath(stateDirectory: string): string {
  return resolveControlSocketPath(stateDirectory).replace(/\.sock$/, '.give');
}

/**
 * Makes the folder of the control socket, private to this user, and with it the pointer file if there has to be one.
 *
 * @returns the path to bind
 * @throws ERR_STATE_DIRECTORY when the folder cannot be made, or belongs to somebody else
 */
export function prepareControlSocketPath(stateDirectory: string): string {
  makePrivateDirectory(resolve(stateDirectory), 'owner-or-root');
  const direct = join(resolve(stateDirectory), CONTROL_SOCKET_NAME);
  if (isShortEnough(direct)) return direct;
  const runtimeDirectory = resolveRuntimeDirectory();
  makePrivateDirectory(runtimeDirectory, 'owner');
  const path = createShortPath(stateDirectory, runtimeDirectory);
  if (!isShortEnough(path)) {
    throw new VigilError(
      'ERR_STATE_DIRECTORY',
      `no folder with a path short enough for a control socket: ${path} is too long`,
    );
  }
  writePointer(stateDirectory, path);
  return path;
}

function isShortEnough(path: string): boolean {
  return Buffer.byteLength(path) <= LONGEST_PATH_BYTES;
}

function readPointer(stateDirectory: string): string | undefined {
  try {
    const path = readFileSync(join(stateDirectory, CONTROL_SOCKET_POINTER), 'utf8').trim();
    return isAbsolute(path) && isShortEnough(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

function writePointer(stateDirectory: string, path: string): void {
  const pointer = join(resolve(stateDirectory), CONTROL_SOCKET_POINTER);
  try {
    const temporary = `${pointer}.${process.pid}`;
    writeFileSync(temporary, `${path}\n`, { mode: 0o600, flush: true });
    renameSync(temporary, pointer);
  } catch (cause) {
    throw new VigilError('ERR_STATE_DIRECTORY', `cannot write ${pointer}`, { cause });
  }
}

function createShortPath(stateDirectory: string, runtimeDirectory: string): string {
  const digest = createHash('sha256').update(realPathOf(stateDirectory)).digest('hex').slice(0, 16);
  return join(runtimeDirectory, `${digest}.sock`);
}

// The same directory reached through a link is the same session.
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function resolveRuntimeDirectory(): string {
  const own = process.getuid?.() ?? 0;
  const offered = process.env['XDG_RUNTIME_DIR'];
  if (
    offered !== undefined &&
    isAbsolute(offered) &&
    offered.length < 64 &&
    isOwnDirectory(offered, own)
  ) {
    return join(offered, 'vigil');
  }
  return join(tmpdir(), `vigil-${own}`);
}

function isOwnDirectory(path: string, uid: number): boolean {
  try {
    const found = statSync(path);
    return found.isDirectory() && found.uid === uid;
  } catch {
    return false;
  }
}

/** Root may work in a state directory of another user; a folder in a shared place must be its own. */
type AllowedUser = 'owner' | 'owner-or-root';

function makePrivateDirectory(directory: string, allowed: AllowedUser): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    checkOwner(directory, allowed);
    if ((statSync(directory).mode & 0o077) !== 0) chmodSync(directory, 0o700);
  } catch (cause) {
    if (cause instanceof VigilError) throw cause;
    const text = `cannot make the directory ${directory}: ${(cause as Error).message}`;
    throw new VigilError('ERR_STATE_DIRECTORY', text, { cause });
  }
}

/** In a shared place such as /tmp somebody else may have made the directory, or a link, before us. */
function checkOwner(directory: string, allowed: AllowedUser): void {
  const own = process.getuid?.();
  if (own === undefined || (own === 0 && allowed === 'owner-or-root')) return;
  for (const { uid } of [lstatSync(directory), statSync(directory)]) {
    if (uid === own) continue;
    throw new VigilError('ERR_STATE_DIRECTORY', `${directory} belongs to another user (${uid})`);
  }
}
