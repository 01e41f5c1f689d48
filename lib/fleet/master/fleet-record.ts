import { join } from 'node:path';
import { isPlainObject } from '../../config/plain-object.ts';
import { readBoot, RecordFile } from '../../util/record-file.ts';
import type { ServerEntry } from '../plan/server-entry.ts';

/** What is kept of a running server, so that the next master finds it again. */
export interface KeptServer {
  readonly entry: ServerEntry;
  readonly pid: number;
  readonly startTime: string | null;
  /** Names it among all processes of the server. */
  readonly run: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly wasReady: boolean;
  /** Its monitor sends something every second; not written by every version. */
  readonly beats?: boolean;
  /** It is being ended. */
  readonly isEnding: boolean;
}

/** A rolling restart that has not reached all of its servers. */
export interface KeptRoll {
  readonly ids: readonly string[];
  /** Of those, the ones that are done. */
  readonly done: readonly string[];
}

/** What one master leaves to the next. */
export interface FleetRecord {
  readonly servers: readonly KeptServer[];
  /** All servers had started, and were told so. */
  readonly hasAllStarted: boolean;
  readonly roll: KeptRoll | null;
}

export const NO_RECORD: FleetRecord = { servers: [], hasAllStarted: false, roll: null };

const VERSION = 1;

/** The record of a fleet on disk. */
export function createFleetRecords(parts: {
  readonly stateDirectory: string;
  readonly read: () => FleetRecord;
  readonly onProblem: (error: Error) => void;
}): RecordFile<FleetRecord> {
  return new RecordFile({
    ...parts,
    path: join(parts.stateDirectory, 'servers.json'),
    empty: NO_RECORD,
    parse: parseRecord,
    read: () => ({ version: VERSION, boot: readBoot(), ...parts.read() }),
  });
}

function parseRecord(value: unknown): FleetRecord {
  if (!isPlainObject(value) || value['version'] !== VERSION || !Array.isArray(value['servers']))
    throw new Error('the record of the servers is not one of this version');
  const { servers, roll, hasAllStarted, boot } = value;
  const kept = isRoll(roll) ? roll : null;
  // After a start of the machine nothing of that time runs any more.
  if (boot !== readBoot()) return { ...NO_RECORD, roll: kept };
  return {
    servers: (servers as unknown[]).filter(isKeptServer),
    hasAllStarted: hasAllStarted === true,
    roll: kept,
  };
}

function isKeptServer(value: unknown): value is KeptServer {
  if (!isPlainObject(value) || !isPlainObject(value['entry'])) return false;
  const { entry, pid, startTime, run, since, wasReady, beats = false, isEnding } = value;
  const { id, serverType, host } = entry;
  return (
    [id, serverType, host, run].every((text) => typeof text === 'string' && text !== '') &&
    Number.isInteger(pid) &&
    (pid as number) > 1 &&
    (startTime === null || typeof startTime === 'string') &&
    Number.isFinite(since) &&
    [wasReady, beats, isEnding].every((flag) => typeof flag === 'boolean')
  );
}

function isRoll(value: unknown): value is KeptRoll {
  if (!isPlainObject(value)) return false;
  return [value['ids'], value['done']].every(
    (ids) => Array.isArray(ids) && ids.every((id) => typeof id === 'string'),
  );
}
