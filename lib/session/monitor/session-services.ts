import type { CrashStore } from '../../report/crash-store.ts';
import type { ControlPort } from '../../http/control-port.ts';
import type { CommandTable } from '../../console/command-table.ts';
import type { Repl } from '../../console/repl.ts';
import { isRunning } from '../../process/process-tree.ts';
import type { Clock } from '../../util/clock.ts';
import { createDeferred } from '../../util/deferred.ts';
import type { SessionEvent } from '../session-event.ts';
import { type EventLog, openEventLog } from './event-log.ts';
import { LONGEST_BOOT_MS } from './longest-boot.ts';
import type { LiveOptions } from './monitor-context.ts';
import { Notifications } from './notifications.ts';
import type { ReloadTriggers } from './reload-triggers.ts';
import type { ServiceManager } from './service-manager/service-manager.ts';
import type { EventSource, SessionJournal } from './session-journal.ts';
import type { Terminal } from './terminal.ts';
import type { FrontPart } from './http-front.ts';
import { SessionDoors } from './session-doors.ts';
import { removeStaleFiles } from './stale-crash-notes.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

export interface ServicesOptions {
  readonly clock: Clock;
  readonly live: LiveOptions;
  readonly journal: SessionJournal;
  readonly terminal: Terminal;
  readonly mask: (text: string) => string;
  readonly warn: (text: string) => void;
  readonly commands: () => CommandTable;
  readonly control: () => ControlPort;
  readonly frontParts: () => readonly FrontPart[];
  readonly triggers: () => ReloadTriggers;
  readonly onInterrupt: () => void;
  /** Whom what happens at the moment is told of. */
  readonly source: () => EventSource;
}

export interface ServiceWishes {
  readonly repl: boolean;
  readonly sessionKey: string;
  /** Settles when the monitor has ended that was replaced; undefined when there was none. */
  readonly predecessorGone: Promise<void> | undefined;
}

const END_OF_BOOT: ReadonlySet<SessionEvent['type']> = new Set([
  'worker.listening',
  'worker.ready',
  'worker.exited',
]);

/**
 * What surrounds the supervision in the monitor: event log, crash store, mail and webhook, control socket, REPL.
 * All of it is loaded after the server process has been started, so that it costs the start nothing.
 */
export class SessionServices {
  readonly notifications: Notifications;
  readonly doors: SessionDoors;
  /** There when a service manager has started this process and wants to hear of it. */
  serviceManager: ServiceManager | null = null;
  /** The monitor as the user's own code has it in hand. */
  facade: object | null = null;
  readonly #options: ServicesOptions;
  #eventLog: EventLog | null = null;
  #store: CrashStore | null = null;
  #repl: Repl | null = null;
  #triggers: ReloadTriggers | null = null;
  #telemetry: Telemetry | null = null;
  #opening: Promise<void> | null = null;
  readonly #booted = createDeferred();

  constructor(options: ServicesOptions) {
    this.#options = options;
    this.notifications = new Notifications(options);
    this.doors = new SessionDoors(options);
  }

  /** Opens all of it, one after the other. */
  open(wishes: ServiceWishes): void {
    this.#opening = this.#open(wishes).catch((error: unknown) => {
      this.#options.warn(`not all of the session's services could be opened: ${String(error)}`);
    });
  }

  async #open({ repl, sessionKey, predecessorGone }: ServiceWishes): Promise<void> {
    const { live, warn } = this.#options;
    if (predecessorGone === undefined) this.#openEventLog();
    removeStaleFiles(live.current.stateDirectory, (pid) => isRunning(pid, null));
    this.#tellPidOne();
    this.#tellPortOwners();
    await this.#letBoot();
    await this.doors.open({ sessionKey, isTakenOver: predecessorGone !== undefined });
    this.#tellLeftBehind();
    this.#openTelemetry();
    this.#openTriggers();
    if (repl) this.#openRepl();
    if (predecessorGone === undefined) await this.#openNotifications(sessionKey);
    else {
      // Another monitor still writes its last events, and sends what is in the spool.
      void predecessorGone
        .then(() => {
          this.#openEventLog();
          return this.#openNotifications(sessionKey);
        })
        .catch((error: unknown) => {
          warn(`not all of the session's services could be opened: ${String(error)}`);
        });
    }
  }

  /** The server's start needs the processor more than what comes after this. */
  #letBoot(): Promise<void> {
    const { clock, journal } = this.#options;
    const note = ({ type }: SessionEvent): void => {
      if (END_OF_BOOT.has(type)) this.#booted.resolve();
    };
    for (const event of journal.stream.recent(Infinity)) note(event);
    const unsubscribe = journal.stream.subscribe(note);
    const timer = clock.setTimer(LONGEST_BOOT_MS, () => {
      this.#booted.resolve();
    });
    return this.#booted.promise.then(() => {
      timer.cancel();
      unsubscribe();
    });
  }

  async #openNotifications(sessionKey: string): Promise<void> {
    await this.#clearDiagnostics();
    await this.notifications.open(sessionKey);
  }

  /** Node's own reports of servers whose monitor was killed hold every value of their environment. */
  async #clearDiagnostics(): Promise<void> {
    const { live, mask } = this.#options;
    const { clearDiagnostics } =
      require('./kept-diagnostics') as typeof import('./kept-diagnostics.ts');
    const { stateDirectory, crashReports } = live.current;
    const places = { stateDirectory, crashDirectory: crashReports.directory, mask };
    await clearDiagnostics(places, (pid) => isRunning(pid, null));
  }

  /** Begins to write the event log, with what has happened already. */
  #openEventLog(): void {
    this.#eventLog ??= openEventLog(this.#options);
  }

  #openTelemetry(): void {
    const { telemetry } = this.#options.live.current;
    if (telemetry === null) return;
    const { openTelemetry } =
      require('./telemetry/telemetry') as typeof import('./telemetry/telemetry.ts');
    this.#telemetry = openTelemetry(telemetry.lwes, this.#options);
  }

  #openTriggers(): void {
    this.#triggers = this.#options.triggers();
    this.#triggers.open();
  }

  #tellPidOne(): void {
    if (process.pid !== 1) return;
    this.#options.warn(
      'vigil is process 1, and Node does not reap the processes it inherits: they stay as zombies; ' +
        'start the container with an init, such as docker run --init or tini',
    );
  }

  #tellPortOwners(): void {
    const { tellPortOwners } = require('./port-hint') as typeof import('./port-hint.ts');
    tellPortOwners(this.#options.journal, this.#options.warn);
  }

  #tellLeftBehind(): void {
    const { findLeftBehind } =
      require('./leftover-search') as typeof import('./leftover-search.ts');
    const { journal, live } = this.#options;
    const processes = findLeftBehind(live.current.stateDirectory);
    if (processes.length > 0) journal.tell({ type: 'session.leftovers', processes });
  }

  #openRepl(): void {
    const { Repl } = require('../../console/repl') as typeof import('../../console/repl.ts');
    const { clock, commands, terminal, onInterrupt } = this.#options;
    this.#repl = new Repl({
      input: process.stdin,
      output: process.stdout,
      runner: commands(),
      clock,
      write: (text) => {
        terminal.write(text);
      },
      onInterrupt,
    });
    this.#repl.start();
    if (process.stdin.isTTY && process.stdout.isTTY) {
      terminal.sharePrompt(() => this.#repl?.redraw());
    }
  }

  /** Null until the server has been given the time to boot. */
  get triggers(): ReloadTriggers | null {
    return this.#triggers;
  }

  get store(): CrashStore {
    this.#store ??= this.#createStore();
    return this.#store;
  }

  /** Sends what can be sent within a moment. */
  async flush(): Promise<void> {
    this.#booted.resolve();
    await this.#opening;
    await this.notifications.flush();
  }

  /** Closes everything but the event log. */
  async close(): Promise<void> {
    this.#booted.resolve();
    await this.#opening;
    this.#triggers?.close();
    this.#repl?.close();
    await this.notifications.stop();
    await this.doors.close();
  }

  /** What listens to the last event of the session as well. */
  async closeEventLog(): Promise<void> {
    // Of a session that was never this monitor's nothing is written.
    if (this.#opening !== null) this.#openEventLog();
    await Promise.all([this.#eventLog?.close(), this.#telemetry?.close()]);
  }

  #createStore(): CrashStore {
    const { CrashStore } =
      require('../../report/crash-store') as typeof import('../../report/crash-store.ts');
    return new CrashStore(this.#options.live.current.crashReports);
  }
}
