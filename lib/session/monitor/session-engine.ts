import type { CommandTable } from '../../console/command-table.ts';
import type { Death } from '../../process/child-events.ts';
import type { SlotEnd } from '../../process/slot-settings.ts';
import { isoTime } from '../../util/clock.ts';
import { createDeferred, type Deferred } from '../../util/deferred.ts';
import { ExitHandlers } from '../../util/exit-handlers.ts';
import { HookList } from '../../util/hook-list.ts';
import { keyGeneratedMessage } from '../contract.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import type { SessionEvent } from '../session-event.ts';
import { answerServer } from './answer-server.ts';
import { createDeathError } from './death-error.ts';
import { DeathReporter } from './death-reporter.ts';
import {
  describeEnd,
  type EndingManner,
  type EndingOrder,
  EXIT_INTERRUPTED,
  exitProcess,
  interruptProcess,
  obeySignals,
  resolveExitCode,
  toExitCode,
} from './ending.ts';
import { describeEvent } from './event-lines.ts';
import { createExitHandlerEvent } from './exit-handler-event.ts';
import { loadCommands, loadControl, loadFrontParts, loadReloadTriggers } from './late-parts.ts';
import { type LogLevel, MainLog } from './main-log.ts';
import { MessageBoard } from '../message-board.ts';
import { LiveOptions, type MonitorContext } from './monitor-context.ts';
import { isColored } from './paint.ts';
import type { ServerInstance } from './server-instance.ts';
import { type EventSource, SessionJournal } from './session-journal.ts';
import { SessionMask } from './session-mask.ts';
import { SessionServices } from './session-services.ts';
import { describeStatus, type LastReport, type SessionStatus } from './session-status.ts';
import { SessionSupervisor } from './session-supervisor.ts';
import type { OperatedSession } from './operated-session.ts';
import { openOutputs, type OutputDrops, ServerLog } from './server-log.ts';
import { Terminal } from './terminal.ts';
import { triggerReload } from './trigger-reload.ts';
import { surviveUncaughtErrors } from './uncaught-errors.ts';

/** How long the last lines may take to be read. */
const FLUSH_MS = 1000;

/** Everything of one session inside the monitor's process, wired together; Monitor is its public face. */
export class SessionEngine implements OperatedSession {
  readonly live: LiveOptions;
  readonly journal: SessionJournal;
  readonly board = new MessageBoard();
  readonly handlers: ExitHandlers;
  readonly mask: SessionMask;
  readonly supervisor: SessionSupervisor;
  readonly services: SessionServices;
  readonly crashHooks: HookList<{ readonly error: Error; readonly death: Death }>;
  readonly runningHooks: HookList<{ readonly isFirstTime: boolean }>;
  readonly #context: MonitorContext;
  readonly #log: MainLog;
  readonly #terminal: Terminal;
  readonly #serverLog: ServerLog;
  readonly #reporter: DeathReporter;
  readonly #unlock: () => void;
  #sessionKey = '';
  readonly #startedAt: string;
  #order: EndingOrder | null = null;
  /** There while the session winds up. */
  #hurried: Deferred<EndingOrder> | null = null;
  #manner: EndingManner = { signal: 'SIGTERM', drains: true };
  #lastReport: LastReport | null = null;
  #commands: CommandTable | null = null;

  constructor(options: ResolvedSessionOptions, context: MonitorContext, unlock: () => void) {
    const { clock } = context;
    this.#context = context;
    this.#unlock = unlock;
    this.#startedAt = isoTime(clock);
    this.live = new LiveOptions(options);
    this.mask = new SessionMask(() => this.live.current);
    this.#terminal = new Terminal(1, clock);
    this.#log = new MainLog({
      clock,
      terminal: this.#terminal,
      format: context.log,
      quiet: context.quiet,
      colored: isColored(process.stdout),
      mask: this.mask.hide,
    });
    this.journal = new SessionJournal(clock, (error) => {
      this.log('warn', `an event subscriber failed: ${String(error)}`);
    });
    this.handlers = new ExitHandlers(clock);
    const onHookError = (error: unknown): void => {
      this.log('warn', `a hook failed: ${String(error)}`);
    };
    this.crashHooks = new HookList(onHookError);
    this.runningHooks = new HookList(onHookError);
    this.#serverLog = new ServerLog({
      session: this,
      terminals: openOutputs(this.#terminal, clock),
      mainLog: this.#log,
    });
    this.supervisor = this.#createSupervisor();
    this.services = this.#createServices();
    this.#reporter = new DeathReporter({ clock, program: context.program, session: this });
    this.journal.stream.subscribe((event) => {
      this.#onEvent(event);
    });
  }

  get commands(): CommandTable {
    this.#commands ??= loadCommands(this, this.#context.clock);
    return this.#commands;
  }

  get status(): SessionStatus {
    return describeStatus({
      clock: this.#context.clock,
      options: this.live.current,
      supervisor: this.supervisor,
      startedAt: this.#startedAt,
      notifications: this.services.notifications,
      controlHttp: this.services.doors.http,
      lastReport: this.#lastReport,
      quarantined: this.#reporter.quarantine?.routes ?? [],
    });
  }

  get outputDrops(): OutputDrops {
    return this.#serverLog.dropped;
  }

  log(level: LogLevel, message: string, source: 'master' | 'worker' | 'exec' = 'master'): void {
    this.#log.write(this.live.current.identifiers[source], level, message);
  }

  readonly #warn = (text: string): void => {
    this.log('warn', text);
  };

  /** Starts the server first; everything around it is loaded while it boots. */
  start(sessionKey: string): void {
    this.#sessionKey = sessionKey;
    this.mask.learnKey(sessionKey);
    const { name } = this.live.current;
    this.journal.tell({ type: 'session.started', name, monitorPid: process.pid });
    this.log('info', this.supervisor.socketMode);
    const { program, repl, started = null, takeOver } = this.#context;
    void this.supervisor.start(program, started).then((end) => this.#finish(end));
    obeySignals(this);
    surviveUncaughtErrors(this);
    (takeOver?.holdServices ?? setImmediate)((predecessorGone?: Promise<void>) => {
      this.services.open({ repl, sessionKey, predecessorGone });
    });
  }

  /** Ends the session; a later order that is not graceful hurries the first one up. */
  end(order: EndingOrder, signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): void {
    const { graceful, drains = true } = order;
    if (this.#order !== null && graceful && drains) return;
    // A drain that has begun is not taken back: who will not wait for it any longer means a kill.
    const kills = !graceful || this.#order !== null;
    if (this.#order === null) this.#manner = { signal, drains };
    this.#order = { ...order, exitCode: toExitCode(order.exitCode) };
    this.journal.tell({ type: 'session.ending', reason: order.reason }, this.#source());
    if (kills) this.#hurried?.resolve(this.#order);
    this.supervisor.stop(kills);
  }

  reload(): void {
    triggerReload(this.supervisor.slot, this.#warn);
  }

  /** Sets one key of the configuration until the session ends. @throws ERR_CONFIG_INVALID */
  set(path: string, value: unknown, immediate = true): void {
    this.live.change(path, value);
    this.journal.tell({ type: 'config.changed', path, value }, this.#source());
    if (!immediate) return;
    const sender = require('./polling-update') as typeof import('./polling-update.ts');
    sender.sendPollingUpdate(this, this.live.current);
  }

  #onEvent(event: SessionEvent): void {
    const line = describeEvent(event);
    if (line !== null)
      this.log(line.level, line.text, event.type === 'lifecycle' ? 'worker' : 'master');
    if (event.type === 'crash.reported') this.#lastReport = event;
  }

  async #finish(end: SlotEnd): Promise<void> {
    const first = this.#order;
    const hurried = (this.#hurried = createDeferred<EndingOrder>());
    const order = (await Promise.race([this.#windUp(first), hurried.promise])) ?? first;
    await this.#reporter.finished();
    const exitCode = order?.exitCode ?? resolveExitCode(end);
    await this.services.close();
    const reason = order?.reason ?? describeEnd(end);
    this.journal.tell({ type: 'session.ended', reason, exitCode }, this.#source());
    await Promise.all([this.services.closeEventLog(), this.#serverLog.close()]);
    this.#unlock();
    await this.#terminal.flush(FLUSH_MS);
    exitProcess(exitCode);
  }

  /** What takes its time at the end, and may be broken off. */
  async #windUp(order: EndingOrder | null): Promise<null> {
    const { exitHandlerMs } = this.live.current.shutdown;
    if (order?.exitCode !== EXIT_INTERRUPTED) {
      await this.handlers.run(true, exitHandlerMs, (failure) => {
        this.journal.tell(createExitHandlerEvent(failure), this.#source());
      });
    }
    await this.#reporter.finished();
    if (order?.graceful !== false) await this.services.flush();
    return null;
  }

  #source(): EventSource {
    const { slot } = this.supervisor;
    return { generation: slot.generation, pid: slot.current?.pid ?? null };
  }

  #onDeath(server: ServerInstance, death: Death, restarts: number): void {
    this.board.leave(server.link.ipc);
    if (death.expected && death.cause !== 'memory-limit') return;
    const at = this.supervisor.lastDeath?.at ?? isoTime(this.#context.clock);
    this.#reporter.report(server, death, { slot: this.supervisor.slot, restarts, at });
    if (!death.expected)
      this.crashHooks.call({ error: createDeathError(death, server.link.readCrash()), death });
  }

  #createSupervisor(): SessionSupervisor {
    return new SessionSupervisor({
      clock: this.#context.clock,
      journal: this.journal,
      options: () => this.live.current,
      held: this.#context.held,
      sessionKey: () => this.#sessionKey,
      endingManner: () => this.#manner,
      openOutput: (source) => this.#serverLog.open(source),
      warn: this.#warn,
      onKill: ({ reason, graceful, errorCode }) => {
        this.end({ reason: `the server asked for it: ${reason}`, graceful, exitCode: errorCode });
      },
      onSecrets: this.mask.learn,
      onServer: (server) => {
        this.board.join(server.link.ipc);
        answerServer(server.link.ipc, this);
        this.#reporter.quarantine?.tell(server);
      },
      onReady: (isFirstTime) => {
        this.supervisor.server?.link.ipc.notify(keyGeneratedMessage, { key: this.#sessionKey });
        this.runningHooks.call({ isFirstTime });
      },
      onDeath: (server, death, restarts) => {
        this.#onDeath(server, death, restarts);
      },
    });
  }

  #createServices(): SessionServices {
    return new SessionServices({
      clock: this.#context.clock,
      live: this.live,
      journal: this.journal,
      terminal: this.#terminal,
      mask: this.mask.hide,
      warn: this.#warn,
      commands: () => this.commands,
      control: () => loadControl(this, this.#context.clock),
      frontParts: () => loadFrontParts(this, this.#context.clock),
      triggers: () => loadReloadTriggers(this, this.#context.clock),
      onInterrupt: interruptProcess,
      source: () => this.#source(),
    });
  }
}
