import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { resolveControlSocketPath } from '../http/control-socket-path.ts';
import type { Clock } from '../util/clock.ts';
import { createTrouble, type Finding } from './finding.ts';

/** Whether the session can keep its files. The folder may not be there yet; then that above it counts. */
export function inspectStateDirectory(directory: string): Finding {
  const what = 'state directory';
  const existing = findExisting(directory);
  const choose = 'choose another with --state-dir, or change its permissions';
  try {
    if (!statSync(existing).isDirectory())
      return createTrouble('fail', what, [`${existing} is a file`, choose]);
    accessSync(existing, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return createTrouble('fail', what, [`${existing} cannot be written`, choose]);
  }
  const socket = resolveControlSocketPath(directory);
  const note = dirname(socket) === directory ? '' : `, its socket at ${socket}`;
  return { level: 'ok', what, text: `${directory}${note}` };
}

export interface DiskFacts {
  readonly directory: string;
  readonly freeBytes: number;
  /** How long it took to write a few bytes and have them on the disk; null when that failed. */
  readonly syncMs: number | null;
}

const MB = 1024 * 1024;
const LITTLE_BYTES = 200 * MB;
const SLOW_SYNC_MS = 1000;

/** Room for logs and reports, and whether what is written stays. */
export function judgeDisk({ directory, freeBytes, syncMs }: DiskFacts): Finding {
  const what = 'disk';
  const free = `${Math.round(freeBytes / MB).toLocaleString('en')} MB free`;
  if (syncMs === null) {
    return createTrouble('fail', what, [
      `nothing can be written safely to ${directory} (${free})`,
      'choose a --state-dir on a disk of this machine with room on it',
    ]);
  }
  if (freeBytes < LITTLE_BYTES) {
    return createTrouble('warn', what, [
      `${free}: logs, reports and the spool of mails need room`,
      'make room, or choose another --state-dir; "logs" and "crashReports.keep" bound what is kept',
    ]);
  }
  const took = `${syncMs.toFixed(syncMs < 10 ? 1 : 0)} ms`;
  if (syncMs > SLOW_SYNC_MS) {
    return createTrouble('warn', what, [
      `a write took ${took} to reach the disk (${free})`,
      'a network disk? Choose a --state-dir on this machine',
    ]);
  }
  return { level: 'ok', what, text: `${free}, a write is on disk in ${took}` };
}

/** Writes one small file and removes it again. */
export function measureDisk(stateDirectory: string, clock: Clock): DiskFacts {
  const directory = findExisting(stateDirectory);
  return { directory, freeBytes: readFree(directory), syncMs: measureSync(directory, clock) };
}

function measureSync(directory: string, clock: Clock): number | null {
  const path = join(directory, `.vigil-doctor-${process.pid}.tmp`);
  try {
    const began = clock.now();
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, 'vigil doctor\n');
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return clock.now() - began;
  } catch {
    return null;
  } finally {
    rmSync(path, { force: true });
  }
}

const SHARED_MEMORY = '/dev/shm';
const RING_BYTES = 8 * MB;

/** Where the requests in flight are written, so that a sudden death still tells them. */
export function inspectSharedMemory(directory = SHARED_MEMORY): Finding {
  const what = 'shared memory';
  const where = `${directory}, for the requests in flight`;
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    if (readFree(directory) > RING_BYTES) return { level: 'ok', what, text: where };
  } catch {
    // Told below.
  }
  if (process.platform !== 'linux')
    return { level: 'ok', what, text: 'none here: the state directory is used instead' };
  return createTrouble('warn', what, [
    `${directory} is missing, full or closed: each request is written to the state directory`,
    'mount it, as in docker run --shm-size=64m',
  ]);
}

function findExisting(directory: string): string {
  let existing = directory;
  while (!existsSync(existing)) existing = dirname(existing);
  return existing;
}

function readFree(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
