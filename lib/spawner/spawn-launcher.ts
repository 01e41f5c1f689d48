import { adoptProcess } from '../process/handles/adopted-handle.ts';
import { startCommand } from '../process/handles/command-handle.ts';
import type { Clock } from '../util/clock.ts';
import { createRandomKey } from '../util/random-key.ts';
import { expandCommand } from './expand-command.ts';
import type { ResolvedSpawnerOptions } from './resolve-spawner-options.ts';
import { Spawn, type SpawnParts } from './spawn.ts';
import { type SpawnDemand, templateOf } from './spawn-demand.ts';
import type { SpawnStateBody } from './spawn-event.ts';
import type { SpawnLogFiles } from './spawn-log-files.ts';
import type { SpawnRecord } from './spawn-record.ts';

export interface SpawnLauncherParts {
  readonly options: ResolvedSpawnerOptions;
  readonly clock: Clock;
  readonly logs: SpawnLogFiles;
  readonly tell: (body: SpawnStateBody) => void;
}

/** In the environment of a server and of all it starts. */
const MARKER_NAME = 'VIGIL_SPAWN';
const LAST_WORDS = 20;

/** Starts the processes of servers, and finds those that run already. */
export class SpawnLauncher {
  /** Where servers reach the spawner; known once it listens. */
  livelinessUrl = '';
  readonly #parts: SpawnLauncherParts;

  constructor(parts: SpawnLauncherParts) {
    this.#parts = parts;
  }

  /** @throws SpawnFailure 400 with the field's path */
  launch(port: number, demand: SpawnDemand, isSpare: boolean): Spawn {
    const { options, logs } = this.#parts;
    const { rendererType, params } = demand;
    const [id, secret] = [createRandomKey(), createRandomKey()];
    const command = expandCommand(templateOf(demand, options), {
      id,
      port,
      rendererType,
      params,
      liveliness: `${this.livelinessUrl}/liveliness${options.livelinessSecret ? `/${secret}` : ''}`,
    });
    const handle = startCommand({
      command,
      directory: options.directory,
      environment: { ...process.env, ...options.env },
      marker: { name: MARKER_NAME, value: id },
      ...logs.pairOf(id),
    });
    return this.#create({ identity: { id, secret, port, rendererType }, handle, isSpare });
  }

  /** A process that an earlier spawner has started. */
  adopt(record: SpawnRecord): Spawn {
    const { id, secret, port, rendererType, pid, startTime, spawnTime, isSpare } = record;
    const marker = `${MARKER_NAME}=${id}`;
    const handle = adoptProcess({ clock: this.#parts.clock, pid, startTime, marker });
    const identity = { id, secret, port, rendererType };
    return this.#create({ identity, handle, isSpare, adopted: { spawnTime } });
  }

  #create(
    own: Pick<SpawnParts, 'identity' | 'handle' | 'isSpare'> & Partial<Pick<SpawnParts, 'adopted'>>,
  ): Spawn {
    const { options, clock, logs, tell } = this.#parts;
    const lastWords = (): string[] => logs.tail(own.identity.id, LAST_WORDS);
    return new Spawn({ adopted: null, ...own, options, clock, tell, lastWords });
  }
}
