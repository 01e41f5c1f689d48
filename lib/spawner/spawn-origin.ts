import { isPlainObject } from '../config/plain-object.ts';
import { listMarked, type MarkedProcess } from '../process/process-tree.ts';
import { isPort, isSpawnRecord, type SpawnerRecord, type SpawnRecord } from './spawn-record.ts';

/** In the environment of a server and of all it starts. */
const ORIGIN_NAME = 'VIGIL_SPAWN_ORIGIN';

/** Where a server comes from, as its environment says it. */
interface SpawnOrigin extends Pick<
  SpawnRecord,
  'id' | 'secret' | 'port' | 'rendererType' | 'spawnTime'
> {
  /** The spawner's; tells its servers from those of another. */
  readonly stateDirectory: string;
  /** Where that listened. */
  readonly spawnerPort: number | null;
}

/** What the environment of a server says, so that a spawner which has no record of it finds it all the same. */
export function createOrigin(origin: SpawnOrigin): Readonly<Record<string, string>> {
  return { [ORIGIN_NAME]: JSON.stringify(origin) };
}

/**
 * The servers that the spawner before has left: those of its record, and those that it had no time to write down, or
 * whose record cannot be used. One look at all processes; without a record nothing is found but on Linux.
 */
export function findLeftSpawns(stateDirectory: string, recorded: SpawnerRecord): SpawnerRecord {
  const found = new Map<string, SpawnRecord>();
  let { port } = recorded;
  for (const marked of listMarked(ORIGIN_NAME).sort(byAge)) {
    const origin = marked.isLeader ? readOrigin(marked) : null;
    if (origin?.stateDirectory !== stateDirectory) continue;
    if (recorded.spawns.some(({ id }) => id === origin.record.id)) continue;
    // What a server has started leads a younger group, if any.
    if (!found.has(origin.record.id)) found.set(origin.record.id, origin.record);
    port ??= origin.spawnerPort;
  }
  return { port, spawns: [...recorded.spawns, ...found.values()] };
}

function byAge(one: MarkedProcess, other: MarkedProcess): number {
  return Number(one.startTime) - Number(other.startTime);
}

function readOrigin({ pid, startTime, value }: MarkedProcess): {
  stateDirectory: unknown;
  spawnerPort: number | null;
  record: SpawnRecord;
} | null {
  let origin: unknown;
  try {
    origin = JSON.parse(value);
  } catch {
    return null;
  }
  if (!isPlainObject(origin)) return null;
  const { id, secret, port, rendererType, spawnTime, stateDirectory, spawnerPort } = origin;
  const said = { id, secret, port, rendererType, spawnTime };
  // Whether it was handed out and what it has said is not known: nobody else gets it, and it says again how it is.
  const record = { ...said, pid, startTime, isSpare: false, wasReady: false, isEnding: false };
  if (!isSpawnRecord(record)) return null;
  return { stateDirectory, spawnerPort: isPort(spawnerPort) ? spawnerPort : null, record };
}
