import { join } from 'node:path';
import { isPlainObject } from '../config/plain-object.ts';
import { readBoot, RecordFile } from '../util/record-file.ts';

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

/** The record of a spawner on disk. */
export function createSpawnRecords(parts: {
  readonly stateDirectory: string;
  readonly read: () => SpawnerRecord;
  readonly onProblem: (error: Error) => void;
}): RecordFile<SpawnerRecord> {
  return new RecordFile({
    ...parts,
    path: join(parts.stateDirectory, FILE_NAME),
    empty: { port: null, spawns: [] },
    parse: parseRecord,
    read: () => ({ version: VERSION, boot: readBoot(), ...parts.read() }),
  });
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

export function isSpawnRecord(value: unknown): value is SpawnRecord {
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

export function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536;
}
