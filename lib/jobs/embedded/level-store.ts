import { chmodSync, mkdirSync } from 'node:fs';
import type { ClassicLevel } from 'classic-level';
import type { Clock } from '../../util/clock.ts';
import { lockedError, peerMissingError, storeError } from '../broker-errors.ts';
import { GroupWriter } from './group-writer.ts';
import type { JobStore, StoreChange } from './job-store.ts';

type Database = ClassicLevel;

/** Of a directory for its owner alone. */
const OWN = 0o700;

/**
 * Opens a directory, made if need be, that keeps what a broker has. One process at a time has it. @lazy
 *
 * @throws ERR_PEER_MISSING when classic-level is not installed
 * @throws ERR_BROKER_LOCKED when another process has the directory
 * @throws ERR_BROKER_STORE when it cannot be made, read or written
 */
export async function openLevelStore(directory: string, clock: Clock): Promise<JobStore> {
  const Level = loadLevel();
  let database = await openDatabase(Level, directory);
  const writer = new GroupWriter({
    clock,
    directory,
    write: (changes) => database.batch([...changes] as StoreChange[], { sync: true }),
    reopen: async () => {
      // Its log ends in the middle of something: a new one is begun.
      await database.close();
      database = await openDatabase(Level, directory);
    },
    onBlocked: (isBlocked) => {
      store.onBlocked(isBlocked);
    },
  });
  const store: JobStore & { onBlocked: JobStore['onBlocked'] } = {
    hasTexts: true,
    get isBlocked() {
      return writer.isBlocked;
    },
    onBlocked: () => undefined,
    entries: () => database.iterator(),
    read: (key) => database.get(key).catch(() => undefined),
    offer: (changes, undo) => writer.offer(changes, undo),
    settle: (changes) => writer.settle(changes),
    close: async () => {
      await writer.close();
      await database.close().catch(() => undefined);
    },
  };
  return store;
}

type LevelClass = (typeof import('classic-level'))['ClassicLevel'];

function loadLevel(): LevelClass {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on first use
    return (require('classic-level') as typeof import('classic-level')).ClassicLevel;
  } catch (error) {
    throw peerMissingError('classic-level', 'file:', error);
  }
}

async function openDatabase(Level: LevelClass, directory: string): Promise<Database> {
  try {
    mkdirSync(directory, { recursive: true, mode: OWN });
    // LevelDB makes its files as the umask says; what jobs are told, and say, is nobody else's.
    chmodSync(directory, OWN);
  } catch (error) {
    throw storeError(directory, error);
  }
  // Most jobs are gone before a table is written: a large log saves writing them a second time.
  const database: Database = new Level(directory, { writeBufferSize: 16 * 1024 * 1024 });
  try {
    await database.open();
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const isLocked = (cause as { code?: unknown }).code === 'LEVEL_LOCKED';
    throw isLocked ? lockedError(directory, cause) : storeError(directory, cause);
  }
  return database;
}
