import { adoptProcess } from '../process/handles/adopted-handle.ts';
import { startCommand } from '../process/handles/command-handle.ts';
import type { Clock } from '../util/clock.ts';
import { createRandomKey } from '../util/random-key.ts';
import { expandCommand } from './expand-command.ts';
import type { ResolvedSpawnerOptions } from './resolve-spawner-options.ts';
import { Spawn, type SpawnIdentity, type SpawnParts } from './spawn.ts';
import { type SpawnDemand, templateOf } from './spawn-demand.ts';
import { createOrigin } from './spawn-origin.ts';
import type { SpawnStateBody } from './spawn-event.ts';
import type { SpawnLogFiles } from './spawn-log-files.ts';
import type { SpawnRecord } from './spawn-record.ts';

export interface SpawnLauncherParts {
  readonly options: ResolvedSpawnerOptions;
  readonly clock: Clock;
  readonly logs: SpawnLogFiles;
  readonly tell: (body: SpawnStateBody) => void;
}

export interface SpawnerAddress {
  readonly port: number | null;
  readonly livelinessUrl: string;
}

/** In the environment of a server and of all it starts. */
const MARKER_NAME = 'VIGIL_SPAWN';
const LAST_WORDS = 20;

/** Starts the processes of servers, and finds those that run already. */
export class SpawnLauncher {
  /** Where it listens, and where servers reach it; known once it does. */
  place: SpawnerAddress = { port: null, livelinessUrl: '' };
  readonly #parts: SpawnLauncherParts;

  constructor(parts: SpawnLauncherParts) {
    this.#parts = parts;
  }

  /** @throws SpawnFailure 400 with the field's path */
  launch(port: number, demand: SpawnDemand, isSpare: boolean): Spawn {
    const { options, logs } = this.#parts;
    const { rendererType, params } = demand;
    const identity = { id: createRandomKey(), secret: createRandomKey(), port, rendererType };
    const { id, secret } = identity;
    const command = expandCommand(templateOf(demand, options), {
      id,
      port,
      rendererType,
      params,
      liveliness: `${this.place.livelinessUrl}/liveliness${options.livelinessSecret ? `/${secret}` : ''}`,
    });
    const handle = startCommand({
      command,
      directory: options.directory,
      environment: { ...process.env, ...options.env, ...this.#originOf(identity) },
      marker: { name: MARKER_NAME, value: id },
      ...logs.pairOf(id),
    });
    return this.#create({ identity, handle, isSpare });
  }

  /** A process that an earlier spawner has started. */
  adopt(record: SpawnRecord): Spawn {
    const { id, secret, port, rendererType, pid, startTime, spawnTime, isSpare } = record;
    const marker = `${MARKER_NAME}=${id}`;
    const handle = adoptProcess({ clock: this.#parts.clock, pid, startTime, marker });
    const identity = { id, secret, port, rendererType };
    return this.#create({ identity, handle, isSpare, adopted: { spawnTime } });
  }

  #originOf(identity: SpawnIdentity): Readonly<Record<string, string>> {
    const { options, clock } = this.#parts;
    const { stateDirectory } = options;
    const spawnTime = clock.wallTime();
    return createOrigin({ ...identity, stateDirectory, spawnerPort: this.place.port, spawnTime });
  }

  #create(
    own: Pick<SpawnParts, 'identity' | 'handle' | 'isSpare'> & Partial<Pick<SpawnParts, 'adopted'>>,
  ): Spawn {
    const { options, clock, logs, tell } = this.#parts;
    const lastWords = (): string[] => logs.tail(own.identity.id, LAST_WORDS);
    return new Spawn({ adopted: null, ...own, options, clock, tell, lastWords });
  }
}
