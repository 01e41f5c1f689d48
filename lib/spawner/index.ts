export { VigilError } from '../errors.ts';
export type { VigilErrorCode } from '../errors.ts';
export type { EventStream, EventStreamOptions } from '../util/event-stream.ts';
export type { Clock, Timer } from '../util/clock.ts';
export type { Cause } from '../supervision/cause.ts';
export type { ResolvedSpawnerOptions } from './resolve-spawner-options.ts';
export type {
  SpawnEnd,
  SpawnEvent,
  SpawnEventBody,
  SpawnEventStamp,
  SpawnStateBody,
} from './spawn-event.ts';
export { SpawnFailure } from './spawn-failure.ts';
export type { SpawnState } from './spawn-machine.ts';
export type { SpawnView } from './spawn-roster.ts';
export type { RendererTypeOptions, SpawnerOptions, SpawnLogOptions } from './spawner-options.ts';
export { Spawner } from './spawner.ts';
export type { SpawnedServer, SpawnerSurroundings, SpawnRequest } from './spawner.ts';
