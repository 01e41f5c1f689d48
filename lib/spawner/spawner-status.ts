import type { ResolvedSpawnerOptions } from './resolve-spawner-options.ts';
import type { SpawnKeeper } from './spawn-keeper.ts';
import { type SpawnState, spawnTable } from './spawn-machine.ts';

/** Ports, queue, and how many servers are in which state. */
export interface SpawnerStatus {
  readonly status: 'ok' | 'ending';
  readonly usedSpawnPorts: number;
  readonly availableSpawnPorts: number;
  readonly states: Readonly<Record<SpawnState, number>>;
  readonly queue: {
    readonly max: number;
    readonly waiting: ReturnType<SpawnKeeper['queue']['list']>;
  };
  readonly memory: { readonly rssBytes: number; readonly heapUsedBytes: number };
}

export function describeSpawner(
  keeper: SpawnKeeper,
  options: Pick<ResolvedSpawnerOptions, 'queue'>,
): SpawnerStatus {
  const { rss, heapUsed } = process.memoryUsage();
  return {
    status: keeper.isClosing ? 'ending' : 'ok',
    usedSpawnPorts: keeper.pool.takenCount,
    availableSpawnPorts: keeper.pool.freeCount,
    states: countStates(keeper),
    queue: { max: options.queue.max, waiting: keeper.queue.list() },
    memory: { rssBytes: rss, heapUsedBytes: heapUsed },
  };
}

export function countStates({ roster }: Pick<SpawnKeeper, 'roster'>): Record<SpawnState, number> {
  const states = Object.keys(spawnTable) as SpawnState[];
  const counts = Object.fromEntries(states.map((state) => [state, 0])) as Record<
    SpawnState,
    number
  >;
  for (const { state } of roster.list()) counts[state] += 1;
  return counts;
}
