import { join } from 'node:path';
import { EventJournal } from '../../session/event-journal.ts';
import type { Clock } from '../../util/clock.ts';
import type { EventStream } from '../../util/event-stream.ts';
import type { RecordFile } from '../../util/record-file.ts';
import { nameFleet } from '../plan/fleet-environment.ts';
import { loadFleetPlan } from '../plan/load-fleet-plan.ts';
import type { FleetPlan, ServerEntry } from '../plan/server-entry.ts';
import { CrashLog } from './crash-log.ts';
import { FleetChange } from './fleet-change.ts';
import type { FleetEvent, FleetEventBody } from './fleet-event.ts';
import { FleetLogs } from './fleet-logs.ts';
import { createFleetRecords, type FleetRecord } from './fleet-record.ts';
import type { FleetSettings } from './fleet-settings.ts';
import { CONSOLE, type FleetWire } from './fleet-wire.ts';
import { HealthGate } from './health-gate.ts';
import { RollingRestart } from './rolling-restart.ts';
import { ServerKeeper } from './server-keeper.ts';
import { LocalLauncher } from './server-launcher.ts';
import { SpreadLauncher } from '../hosts/spread-launcher.ts';

export interface FleetEngineParts {
  readonly clock: Clock;
  readonly plan: FleetPlan;
  readonly settings: FleetSettings;
  /** Absolute; it is there, and locked. */
  readonly stateDirectory: string;
  /** Absolute path of the application's file. */
  readonly main: string;
  readonly nodeArgs: readonly string[];
  readonly wire: () => FleetWire;
  readonly warn: (text: string) => void;
  readonly onAllStarted: (ids: readonly string[], isFirst: boolean) => void;
}

const MAX_LOG_BYTES = 10_000_000;

/** What keeps the servers of one fleet, and what of that is written down. */
export class FleetEngine {
  readonly keeper: ServerKeeper;
  readonly launcher: SpreadLauncher;
  readonly roller: RollingRestart;
  readonly change: FleetChange;
  readonly logs: FleetLogs;
  readonly #parts: FleetEngineParts;
  readonly #journal: EventJournal<FleetEventBody>;
  readonly #crashLog: CrashLog;
  readonly #records: RecordFile<FleetRecord>;

  /** @throws the error of the file system when `logs` cannot be made */
  constructor(parts: FleetEngineParts) {
    const { clock, plan, settings, stateDirectory, warn } = parts;
    this.#parts = parts;
    this.#journal = new EventJournal({ clock, stateDirectory, warn });
    const directory = join(plan.base, 'logs');
    this.logs = new FleetLogs({ clock, directory, maxBytes: MAX_LOG_BYTES });
    this.#crashLog = new CrashLog({ clock, warn, file: join(directory, 'crash.log') });
    this.events.subscribe((event) => {
      this.#crashLog.note(event);
    });
    this.#records = createFleetRecords({
      stateDirectory,
      read: () => this.keeper.record,
      onProblem: (error) => {
        warn(`the record of the servers cannot be used: ${error.message}`);
      },
    });
    this.launcher = this.#createLauncher();
    this.keeper = this.#createKeeper(this.#records.load());
    const { events, keeper } = this;
    const gate = new HealthGate({ clock, settings, keeper, events });
    this.roller = new RollingRestart({ gate, keeper, tell: this.tell });
    const { base, env } = plan;
    const read = (): FleetPlan => loadFleetPlan({ base, env });
    this.change = new FleetChange({ clock, plan, read, keeper, gate, tell: this.tell });
  }

  get events(): EventStream<FleetEvent> {
    return this.#journal.stream;
  }

  /** In development the servers end with their master. */
  get isTied(): boolean {
    return this.#parts.plan.env === 'development';
  }

  readonly tell = (body: FleetEventBody): void => {
    this.#journal.tell(body);
  };

  /** Takes over what runs. @returns how many servers that were */
  adopt(): Promise<number> {
    return this.keeper.adopt(this.isTied);
  }

  /** Starts the servers that are wanted; null: all. */
  async start(isWanted: ((entry: ServerEntry) => boolean) | null): Promise<void> {
    this.logs.watch();
    await this.keeper.start(isWanted);
  }

  /** Ends all servers, and writes down what is left to be written. */
  async stop(force: boolean): Promise<void> {
    await this.keeper.stopAll(force);
    this.logs.close();
    await this.launcher.close();
  }

  /** Nothing is told any more. */
  async close(): Promise<void> {
    await Promise.all([this.#records.save(), this.#journal.close(), this.#crashLog.close()]);
  }

  #createLauncher(): SpreadLauncher {
    const { clock, plan, main, nodeArgs, stateDirectory } = this.#parts;
    const { base, env, master } = plan;
    const fleetId = nameFleet(base, env);
    const shared = { clock, base, env, main, nodeArgs, fleetId, isTied: this.isTied };
    return new SpreadLauncher(new LocalLauncher({ ...shared, logs: this.logs }), {
      ...shared,
      random: Math.random,
      stateDirectory,
      master,
      onEvent: this.tell,
      onUp: (host, servers) => {
        const ids = servers.map(({ id }) => id);
        this.keeper.meetHost(host, ids);
      },
      onFound: (id, since) => {
        this.keeper.noteFound(id, since);
      },
      onOutput: (id, text, dropped) => {
        this.logs.append(id, text, dropped);
      },
    });
  }

  #createKeeper(record: FleetRecord): ServerKeeper {
    const { clock, plan, settings, wire } = this.#parts;
    return new ServerKeeper({
      clock,
      random: Math.random,
      settings,
      fleetId: nameFleet(plan.base, plan.env),
      servers: plan.servers,
      record,
      launcher: this.launcher,
      askToStop: (id) => wire().notifyById(id, CONSOLE, { signal: 'stop' }),
      tell: this.tell,
      save: () => void this.#records.save(),
      onAllStarted: this.#parts.onAllStarted,
    });
  }
}
