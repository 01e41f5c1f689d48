import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPlainObject } from '../config/plain-object.ts';
import { writeFileWhole } from '../util/durable-file.ts';

/** What is kept of a running server, so that the next spawner finds it again. */
export interface SpawnRecord {
  readonly id: string;
  readonly secret: string;
  readonly port: number;
  readonly rendererType: string;
  readonly pid: number;
  readonly startTime: string | null;
  /** Milliseconds since the epoch. */
  readonly spawnTime: number;
  readonly isSpare: boolean;
  /** It has said that it is ready. */
  readonly wasReady: boolean;
  /** It is being ended, or has said that it ends. */
  readonly isEnding: boolean;
}

/** What one spawner leaves to the next. */
export interface SpawnerRecord {
  /** Where it listened: there its servers look for it. */
  readonly port: number | null;
  readonly spawns: readonly SpawnRecord[];
}

const VERSION = 1;
const FILE_NAME = 'spawns.json';

/** Keeps the record on disk: written whole, one write at a time, the newest always last. */
export class RecordFile {
  readonly #path: string;
  readonly #read: () => SpawnerRecord;
  readonly #onProblem: (error: Error) => void;
  #writing: Promise<void> | null = null;
  #isStale = false;

  constructor(parts: {
    readonly stateDirectory: string;
    /** Asked at each write for what is to be kept. */
    readonly read: () => SpawnerRecord;
    readonly onProblem: (error: Error) => void;
  }) {
    this.#path = join(parts.stateDirectory, FILE_NAME);
    this.#read = parts.read;
    this.#onProblem = parts.onProblem;
  }

  /** What the spawner before has left; nothing of it when the file is not one of ours. */
  load(): SpawnerRecord {
    try {
      return parseRecord(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#onProblem(error as Error);
      return { port: null, spawns: [] };
    }
  }

  /** Resolves when what is the case now is on disk. */
  save(): Promise<void> {
    this.#isStale = true;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      try {
        await writeFileWhole(
          this.#path,
          JSON.stringify({ version: VERSION, boot: readBoot(), ...this.#read() }),
        );
      } catch (error) {
        this.#onProblem(error as Error);
      }
    }
  }
}

function parseRecord(value: unknown): SpawnerRecord {
  if (!isPlainObject(value) || value['version'] !== VERSION || !Array.isArray(value['spawns']))
    throw new Error('the record of the servers is not one of this version');
  const { port, spawns, boot } = value;
  // After a start of the machine nothing of that time runs any more, and start times are counted anew.
  if (boot !== readBoot()) return { port: null, spawns: [] };
  return {
    port: isPort(port) ? port : null,
    spawns: (spawns as unknown[]).filter(isSpawnRecord),
  };
}

function isSpawnRecord(value: unknown): value is SpawnRecord {
  if (!isPlainObject(value)) return false;
  const { id, secret, port, rendererType, pid, startTime, spawnTime } = value;
  const { isSpare, wasReady, isEnding } = value;
  return (
    [id, secret, rendererType].every((text) => typeof text === 'string') &&
    isPort(port) &&
    Number.isInteger(pid) &&
    (pid as number) > 1 &&
    (startTime === null || typeof startTime === 'string') &&
    isTime(spawnTime) &&
    [isSpare, wasReady, isEnding].every((flag) => typeof flag === 'boolean')
  );
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && !Number.isNaN(new Date(value).getTime());
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536;
}

/** What names this run of the machine; null where that cannot be told. */
function readBoot(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}
