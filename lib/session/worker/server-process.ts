import { toErrorLike } from '../../ipc/error-like.ts';
import type { PromisifiedIPCManager } from '../../ipc/promisified-ipc-manager.ts';
import { manage } from '../../ipc/promisified-ipc-manager.ts';
import { type Clock, systemClock } from '../../util/clock.ts';
import { ExitHandlers } from '../../util/exit-handlers.ts';
import type { ProbeOutcome } from '../../probe/http-probe.ts';
import {
  crashDetectedMessage,
  drainFinishedMessage,
  endingPhaseMessage,
  exitHandlerMessage,
  extendDeadlineMessage,
  heartbeatMessage,
  hintMessage,
  listeningMessage,
  manualExitMessage,
  pollMessage,
  polledListenerMessage,
  pollingSettingsMessage,
  promoteMessage,
  secretsMessage,
  serverRunningMessage,
  standingByMessage,
} from '../contract.ts';
import { SERVER_PROCESS, SERVER_WORKER, type ServerBoot } from '../server-boot.ts';
import { ClusterHints } from './cluster-hints.ts';
import { CrashWatch } from './crash-watch.ts';
import { DrainListeners } from './drain-listeners.ts';
import { Ending } from './ending.ts';
import { HeldListen } from './held-listen.ts';
import { KeepAlive } from './keep-alive.ts';
import { ListenerWatch, type WatchedListener } from './listener-watch.ts';
import { LoadedSecrets } from './loaded-secrets.ts';
import { LoopHeartbeat } from './loop-heartbeat.ts';
import { createMonitorChannel } from './monitor-channel.ts';
import { ProcessEvents } from './process-events.ts';
import { SelfPoll } from './self-poll.ts';
import { SignalGuard } from './signal-guard.ts';
import { Standby } from './standby.ts';
import { Watchdog } from './watchdog/watchdog.ts';

/** Clients that have waited for the server are answered before the monitor is told that it listens. */
const FIRST_WORD_MS = 5;

/** Vigil's part of the server's process: set up by the preload before any of the user's code runs. */
export class ServerProcess {
  readonly ipc: PromisifiedIPCManager;
  readonly handlers: ExitHandlers;
  readonly drainListeners = new DrainListeners();
  readonly crashes: CrashWatch;
  readonly poll: SelfPoll | null;
  readonly standby: Standby;
  readonly #clock: Clock = systemClock;
  readonly #boot: ServerBoot;
  readonly #ending: Ending;
  readonly #watch: ListenerWatch;
  readonly #heartbeat: LoopHeartbeat;
  readonly #guard: SignalGuard;
  readonly #held: HeldListen | null;
  readonly #watchdog: Watchdog | null;
  readonly #hints: ClusterHints;
  readonly #keepAlive = new KeepAlive();
  readonly #secrets = new LoadedSecrets();
  readonly #untold: WatchedListener[] = [];
  #announced = false;

  constructor(boot: ServerBoot) {
    this.#boot = boot;
    const events = new ProcessEvents();
    events.install();
    // Before the manager's own, which writes what waits at the exit.
    process.once('exit', () => {
      this.tellSecrets();
    });
    this.ipc = manage(createMonitorChannel(events), {}, { keepAlive: false, clock: this.#clock });
    this.handlers = new ExitHandlers(this.#clock);
    this.#watch = new ListenerWatch(this.#clock, this.#keepAlive, (listener) => {
      this.#onListening(listener);
    });
    this.#guard = new SignalGuard(this.#clock, events);
    this.standby = new Standby(boot.isSpare, this.#keepAlive, () => {
      this.ipc.notify(standingByMessage, null);
    });
    this.#held = boot.socket === 'own' ? null : this.#createHeldListen(events);
    this.#hints = new ClusterHints((text) => {
      this.ipc.notify(hintMessage, { text });
    });
    this.#hints.install(events);
    this.#watchdog = boot.watchdog ? this.#createWatchdog(events) : null;
    this.#ending = this.#createEnding();
    this.crashes = this.#createCrashWatch();
    this.poll = boot.polling === false ? null : this.#createPoll(boot.polling);
    this.#heartbeat = new LoopHeartbeat(this.#clock, boot.heartbeatMs, (beat) => {
      this.tellSecrets();
      this.ipc.notify(heartbeatMessage, beat);
    });
  }

  install(): void {
    this.#watch.install();
    this.#held?.install();
    this.ipc.on(promoteMessage, () => {
      this.#held?.promote();
      this.standby.end();
    });
    this.#guard.install();
    this.crashes.install();
    this.#heartbeat.start();
    this.#watchdog?.install();
    process.once('disconnect', () => {
      this.#ending.endOrphaned();
    });
    this.ipc.on(manualExitMessage, (request) => {
      this.poll?.stop();
      this.#ending.begin(request);
    });
    this.ipc.on(pollingSettingsMessage, (settings) => this.poll?.change(settings));
  }

  /** The user's code says that it is ready, whatever the polls say. */
  announceReady(): void {
    this.#announce(true);
    this.poll?.endStarting();
  }

  extendDeadline(ms: number): void {
    this.ipc.notify(extendDeadlineMessage, { ms });
  }

  /** Ends this process the way an uncaught error would. */
  failWork(error: unknown): void {
    process.stderr.write(
      `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    this.crashes.noteFailedWork(error);
    this.#endAfterCrash(error instanceof Error ? error : new Error(String(error)));
  }

  /** Polls would find the listeners closed, and the health that ends with the crash taken for its cause. */
  #endAfterCrash(error: Error): void {
    this.poll?.stop();
    this.#ending.beginAfterCrash(error);
  }

  #onListening(listener: WatchedListener): void {
    this.#untold.push(listener);
    this.poll?.start();
    this.#clock
      .setTimer(FIRST_WORD_MS, () => {
        this.#tellListening();
        if (this.poll === null) this.#announce(false);
      })
      .unref();
  }

  #tellListening(): void {
    this.tellSecrets();
    for (const { port, path, protocol } of this.#untold.splice(0))
      this.ipc.notify(listeningMessage, { port, path, protocol });
  }

  /** What the server has loaded by itself must be masked like what it was started with. */
  tellSecrets(): void {
    const secrets = this.#secrets.take();
    if (secrets.length > 0) this.ipc.notify(secretsMessage, { secrets });
  }

  #announce(announced: boolean): void {
    if (this.#announced) return;
    this.#announced = true;
    this.#tellListening();
    this.ipc.notify(serverRunningMessage, { announced });
    this.#watchdog?.start();
    this.#hints.noteReady(SERVER_WORKER in globalThis);
  }

  #onOutcome(outcome: ProbeOutcome): void {
    const { ok, latencyMs } = outcome;
    if (ok) this.#announce(false);
    this.ipc.notify(pollMessage, { ok, latencyMs, reason: outcome.ok ? '' : outcome.reason });
  }

  #createPoll(settings: NonNullable<Exclude<ServerBoot['polling'], false>>): SelfPoll {
    return new SelfPoll({
      clock: this.#clock,
      settings,
      expectedPort: this.#boot.ports['server'] ?? 0,
      watch: this.#watch,
      onOutcome: (outcome) => {
        this.#onOutcome(outcome);
      },
      onTarget: ({ port }, expected) => {
        this.ipc.notify(polledListenerMessage, { port, expected });
      },
    });
  }

  #createHeldListen(events: ProcessEvents): HeldListen {
    return new HeldListen({
      events,
      keepAlive: this.#keepAlive,
      withhold: this.#boot.socket === 'withheld',
      isEnding: () => this.#ending.begun,
      speaksHttp: (server) =>
        this.#watch.listeners.some((one) => one.server === server && one.protocol === 'http'),
    });
  }

  #createWatchdog(events: ProcessEvents): Watchdog {
    return new Watchdog({
      clock: this.#clock,
      events,
      monitorPid: this.#boot.monitorPid,
      onTrouble: (text) => {
        this.ipc.notify(hintMessage, { text });
      },
    });
  }

  #createCrashWatch(): CrashWatch {
    return new CrashWatch({
      noteFile: this.#boot.noteFile,
      send: (note) => {
        this.tellSecrets();
        this.ipc.notify(crashDetectedMessage, note);
        this.ipc.flush();
      },
      endAfterCrash: (error) => {
        this.#endAfterCrash(error);
      },
    });
  }

  #createEnding(): Ending {
    return new Ending({
      clock: this.#clock,
      watch: this.#watch,
      guard: this.#guard,
      drainListeners: this.drainListeners,
      handlers: this.handlers,
      exitHandlerMs: this.#boot.exitHandlerMs,
      reports: {
        phase: (phase) => {
          this.ipc.notify(endingPhaseMessage, phase);
        },
        drainFinished: (report) => {
          this.ipc.notify(drainFinishedMessage, report);
        },
        drainTrouble: (text) => {
          this.ipc.notify(hintMessage, { text });
        },
        exitHandlerFailure: (failure) => {
          const error = failure.kind === 'failed' ? toErrorLike(failure.error) : null;
          this.ipc.notify(exitHandlerMessage, { kind: failure.kind, name: failure.name, error });
        },
        flushed: () => this.ipc.whenFlushed(),
      },
    });
  }
}

/** @lazy */
export function startServerProcess(boot: ServerBoot): void {
  const serverProcess = new ServerProcess(boot);
  (globalThis as { [SERVER_PROCESS]?: ServerProcess })[SERVER_PROCESS] = serverProcess;
  serverProcess.install();
}
