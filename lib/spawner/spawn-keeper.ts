import type { EventJournal } from '../session/event-journal.ts';
import type { Clock } from '../util/clock.ts';
import type { RecordFile } from '../util/record-file.ts';
import { isPortUsable } from '../process/port-check.ts';
import { PortDesk } from './port-desk.ts';
import { PortPool } from './port-pool.ts';
import type { ResolvedSpawnerOptions } from './resolve-spawner-options.ts';
import type { LivelinessWord, Spawn } from './spawn.ts';
import type { SpawnEventBody } from './spawn-event.ts';
import { createLaunchFailure, SHUTTING_DOWN, SpawnFailure } from './spawn-failure.ts';
import { CALLER_GONE, SpawnFlights, type SpawnLease } from './spawn-flights.ts';
import { type SpawnerAddress, SpawnLauncher } from './spawn-launcher.ts';
import { findLeftSpawns } from './spawn-origin.ts';
import { SpawnLogFiles } from './spawn-log-files.ts';
import { SpawnQueue } from './spawn-queue.ts';
import { createSpawnRecords, type SpawnerRecord, type SpawnRecord } from './spawn-record.ts';
import { SpawnRoster } from './spawn-roster.ts';
import { checkDemand, keyOfDemand, type SpawnDemand } from './spawn-demand.ts';
import { WarmSpares } from './warm-spares.ts';

export interface SpawnKeeperParts {
  readonly options: ResolvedSpawnerOptions;
  readonly clock: Clock;
  readonly journal: EventJournal<SpawnEventBody>;
  readonly warn: (text: string) => void;
}

/** Keeps the servers: starts them for those who ask, and each has its own port until nothing is left of it. */
export class SpawnKeeper {
  readonly roster: SpawnRoster;
  readonly pool: PortPool;
  readonly queue: SpawnQueue;
  readonly logs: SpawnLogFiles;
  readonly #options: ResolvedSpawnerOptions;
  readonly #journal: EventJournal<SpawnEventBody>;
  readonly #launcher: SpawnLauncher;
  readonly #desk: PortDesk;
  readonly #spares: WarmSpares;
  readonly #flights = new SpawnFlights();
  readonly #records: RecordFile<SpawnerRecord>;
  readonly #left: SpawnerRecord;
  #port: number | null = null;
  #closed: Promise<void> | null = null;

  constructor({ options, clock, journal, warn }: SpawnKeeperParts) {
    this.#options = options;
    this.#journal = journal;
    this.roster = new SpawnRoster(clock);
    this.pool = new PortPool(options.ports, isPortUsable);
    this.queue = new SpawnQueue({ clock, ...options.queue });
    this.logs = new SpawnLogFiles(options.logs);
    this.#desk = new PortDesk({ clock, pool: this.pool, queue: this.queue });
    this.#launcher = new SpawnLauncher({
      options,
      clock,
      logs: this.logs,
      tell: (body) => {
        journal.tell(body);
      },
    });
    this.#records = createSpawnRecords({
      stateDirectory: options.stateDirectory,
      read: () => ({ port: this.#port, spawns: this.roster.living.flatMap(recordSpawn) }),
      onProblem: (error) => {
        warn(`the record of the servers cannot be used: ${error.message}`);
      },
    });
    this.#left = findLeftSpawns(options.stateDirectory, this.#records.load());
    this.#spares = new WarmSpares({
      clock,
      count: options.warm,
      start: () => this.#startSpare(),
    });
  }

  /** Where the servers that an earlier spawner left running look for it; null when there are none. */
  get formerPort(): number | null {
    return this.#left.spawns.length === 0 ? null : this.#left.port;
  }

  /** Takes those servers over. @returns how many */
  adopt(): number {
    for (const record of this.#left.spawns) {
      this.pool.claim(record.port);
      const spawn = this.#launcher.adopt(record);
      this.#keep(spawn);
      if (record.isSpare) this.#spares.add(spawn);
      if (record.wasReady) spawn.hear('ready');
      if (record.isEnding) spawn.end('it was ending when its spawner ended');
    }
    return this.#left.spawns.length;
  }

  /** The spawner can be reached: from now on servers are started. */
  open(place: SpawnerAddress): void {
    this.#port = place.port;
    this.#launcher.place = place;
    void this.#records.save();
    this.#spares.refill();
    void this.#sweepLogs();
  }

  /**
   * Gets a server that is ready.
   *
   * @param signal - whoever asks has gone: the request is cancelled
   * @throws SpawnFailure
   */
  async request(demand: SpawnDemand, signal: AbortSignal): Promise<SpawnLease> {
    checkDemand(demand, this.#options);
    try {
      if (this.#closed !== null) throw SHUTTING_DOWN();
      const key = this.#options.singleFlight ? keyOfDemand(demand) : null;
      return await this.#flights.join(key, signal, (end) => this.#bring(demand, end));
    } catch (error) {
      if (error instanceof SpawnFailure && !signal.aborted)
        this.#journal.tell({ type: 'spawn.refused', status: error.status, reason: error.message });
      throw error;
    }
  }

  /** Takes what a server says of itself. */
  hear(spawn: Spawn, word: LivelinessWord, isActive?: boolean): void {
    // The one who waited for it went with the spawner that had started it.
    if (word === 'ready' && spawn.isAdopted && spawn.state === 'launching' && !spawn.isSpare)
      spawn.end(CALLER_GONE);
    else spawn.hear(word, isActive);
    if (word === 'ping') void this.logs.limit(spawn.identity.id);
  }

  /** Ends all servers, and settles when nothing is left of them. The same promise each time. */
  close(reason: string): Promise<void> {
    this.#closed ??= this.#close(reason);
    return this.#closed;
  }

  /** Ends what is left at once, instead of waiting for it. */
  killAll(reason: string): void {
    for (const spawn of this.roster.living) spawn.kill(reason);
  }

  get isClosing(): boolean {
    return this.#closed !== null;
  }

  async #close(reason: string): Promise<void> {
    this.#spares.close();
    this.queue.refuseAll(SHUTTING_DOWN);
    const { living } = this.roster;
    for (const spawn of living) spawn.end(reason, 'session-end');
    await Promise.all(living.map((spawn) => spawn.cleared));
    this.#desk.close();
    this.roster.close();
    await this.#records.save();
  }

  async #bring(demand: SpawnDemand, signal: AbortSignal): Promise<Spawn> {
    const spare = this.#isServedBySpares(demand) ? this.#spares.take() : null;
    const spawn = spare ?? (await this.#launch(demand, signal));
    const onGone = (): void => {
      spawn.end(String(signal.reason));
    };
    signal.addEventListener('abort', onGone);
    if (signal.aborted) onGone();
    const end = await spawn.launched;
    if (end !== null && this.isClosing) throw SHUTTING_DOWN();
    if (end !== null) throw createLaunchFailure(spawn.identity, end, this.#describeProgram(spawn));
    spawn.claim();
    if (spare !== null) {
      void this.#records.save();
      this.#spares.refillSoon();
    }
    return spawn;
  }

  async #launch(demand: SpawnDemand, signal: AbortSignal): Promise<Spawn> {
    const port = await this.#desk.obtain(signal, () => this.#spares.giveUpOne());
    if (this.#closed === null) return this.#start(port, demand, false);
    this.#desk.release(port);
    throw SHUTTING_DOWN();
  }

  async #startSpare(): Promise<Spawn | null> {
    const port = await this.#desk.takeUnwanted();
    if (port === null) return null;
    if (this.#closed === null) {
      const demand = { rendererType: this.#options.defaultType, params: {} };
      try {
        return this.#start(port, demand, true);
      } catch {
        // Its command needs a parameter: there can be no spares.
      }
    } else this.#desk.release(port);
    return null;
  }

  #start(port: number, demand: SpawnDemand, isSpare: boolean): Spawn {
    let spawn: Spawn;
    try {
      spawn = this.#launcher.launch(port, demand, isSpare);
    } catch (error) {
      this.#desk.release(port);
      throw error;
    }
    this.#keep(spawn);
    void this.#records.save();
    return spawn;
  }

  #keep(spawn: Spawn): void {
    this.roster.add(spawn);
    void spawn.launched.then(() => this.#records.save());
    void spawn.cleared.then(() => {
      this.roster.retire(spawn);
      this.#desk.release(spawn.identity.port);
      void this.#records.save();
      void this.#sweepLogs();
      this.#spares.refill();
    });
    spawn.begin();
  }

  #isServedBySpares({ rendererType, params }: SpawnDemand): boolean {
    return rendererType === this.#options.defaultType && Object.keys(params).length === 0;
  }

  #describeProgram({ identity }: Spawn): { program: string; output: string[] } {
    return { program: this.#options.command[0] ?? '', output: this.logs.tail(identity.id, 20) };
  }

  #sweepLogs(): Promise<void> {
    return this.logs.sweep(() => new Set(this.roster.living.map(({ identity }) => identity.id)));
  }
}

function recordSpawn(spawn: Spawn): SpawnRecord[] {
  const { pid, startTime, spawnTime, isSpare, identity, isServing, isLasting } = spawn;
  if (pid === null || spawn.state === 'dead') return [];
  const phase = { wasReady: isServing, isEnding: !isLasting };
  return [{ ...identity, pid, startTime, spawnTime, isSpare, ...phase }];
}
