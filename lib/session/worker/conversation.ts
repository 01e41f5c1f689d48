import { toErrorLike } from '../../ipc/error-like.ts';
import { manage, type PromisifiedIPCManager } from '../../ipc/promisified-ipc-manager.ts';
import type { ProbeOutcome } from '../../probe/http-probe.ts';
import type { Clock } from '../../util/clock.ts';
import { ExitHandlers } from '../../util/exit-handlers.ts';
import type { LoadedSecret } from '../../report/mask-secrets.ts';
import {
  type CrashDetected,
  crashDetectedMessage,
  drainFinishedMessage,
  endingPhaseMessage,
  exitHandlerMessage,
  heartbeatMessage,
  hintMessage,
  listeningMessage,
  loopStalledMessage,
  manualExitMessage,
  pollMessage,
  polledListenerMessage,
  pollingSettingsMessage,
  promoteMessage,
  type QuarantinedRoute,
  quarantineMessage,
  secretsMessage,
  serverRunningMessage,
  standingByMessage,
} from '../contract.ts';
import type { ServerBoot } from '../server-boot.ts';
import { DrainListeners } from './drain-listeners.ts';
import { Ending } from './ending.ts';
import type { ListenerWatch, WatchedListener } from './listener-watch.ts';
import { LoopHeartbeat } from './loop-heartbeat.ts';
import { createMonitorChannel } from './monitor-channel.ts';
import type { MonitorInbox } from './monitor-inbox.ts';
import type { ProcessEvents } from './process-events.ts';
import { SelfPoll } from './self-poll.ts';
import type { SignalGuard } from './signal-guard.ts';
import { Watchdog } from './watchdog/watchdog.ts';

/** What the part of the server's process that is there from the start lends to this one. */
export interface ConversationHost {
  readonly boot: ServerBoot;
  readonly clock: Clock;
  readonly events: ProcessEvents;
  readonly inbox: MonitorInbox;
  readonly watch: ListenerWatch;
  readonly guard: SignalGuard;
  readonly tellSecrets: () => void;
  readonly onPromoted: () => void;
  readonly onQuarantine: (routes: readonly QuarantinedRoute[]) => void;
  readonly onGoodPoll: () => void;
}

/**
 * All that the server's process has to say to its monitor, and what it does at its word: heartbeats,
 * polls, the ending. Nothing of it is needed before the server listens, and loading it takes time.
 */
export class Conversation {
  readonly ipc: PromisifiedIPCManager;
  readonly handlers: ExitHandlers;
  readonly drainListeners = new DrainListeners();
  readonly ending: Ending;
  readonly poll: SelfPoll | null;
  readonly watchdog: Watchdog | null;
  readonly #host: ConversationHost;
  readonly #heartbeat: LoopHeartbeat;

  constructor(host: ConversationHost) {
    this.#host = host;
    const { boot, clock, inbox } = host;
    this.ipc = manage(createMonitorChannel(inbox), {}, { keepAlive: false, clock });
    this.handlers = new ExitHandlers(clock);
    this.ending = this.#createEnding();
    this.poll = boot.polling === false ? null : this.#createPoll(boot.polling);
    this.watchdog = boot.watchdog ? this.#createWatchdog() : null;
    this.#heartbeat = new LoopHeartbeat(clock, boot.heartbeatMs, (beat) => {
      host.tellSecrets();
      const loopLagMs = Math.max(beat.loopLagMs, this.watchdog?.takeLag() ?? 0);
      this.ipc.notify(heartbeatMessage, { ...beat, loopLagMs });
    });
  }

  open(): void {
    this.ipc.on(promoteMessage, this.#host.onPromoted);
    this.ipc.on(manualExitMessage, (request) => {
      this.poll?.stop();
      this.ending.begin(request);
    });
    this.ipc.on(quarantineMessage, ({ routes }) => {
      this.#host.onQuarantine(routes);
    });
    this.ipc.on(pollingSettingsMessage, (settings) => this.poll?.change(settings));
    this.#heartbeat.start();
    this.watchdog?.install();
  }

  tellListening({ port, path, protocol }: WatchedListener): void {
    this.ipc.notify(listeningMessage, { port, path, protocol });
  }

  tellRunning(announced: boolean): void {
    this.ipc.notify(serverRunningMessage, { announced });
    this.watchdog?.start();
  }

  tellStandingBy(): void {
    this.ipc.notify(standingByMessage, null);
  }

  tellSecrets(secrets: readonly LoadedSecret[]): void {
    this.ipc.notify(secretsMessage, { secrets });
  }

  /** Written before it returns: the process may be gone right after. */
  tellCrash(note: CrashDetected): void {
    this.ipc.notify(crashDetectedMessage, note);
    this.ipc.flush();
  }

  hint(text: string): void {
    this.ipc.notify(hintMessage, { text });
  }

  #onOutcome(outcome: ProbeOutcome): void {
    const { ok, latencyMs } = outcome;
    if (ok) this.#host.onGoodPoll();
    this.ipc.notify(pollMessage, { ok, latencyMs, reason: outcome.ok ? '' : outcome.reason });
  }

  #createPoll(settings: NonNullable<Exclude<ServerBoot['polling'], false>>): SelfPoll {
    const { clock, boot, watch } = this.#host;
    return new SelfPoll({
      clock,
      settings,
      expectedPort: boot.ports['server'] ?? 0,
      watch,
      onOutcome: (outcome) => {
        this.#onOutcome(outcome);
      },
      onTarget: ({ port }, expected) => {
        this.ipc.notify(polledListenerMessage, { port, expected });
      },
    });
  }

  #createWatchdog(): Watchdog {
    const { clock, events, boot } = this.#host;
    return new Watchdog({
      clock,
      events,
      monitorPid: boot.monitorPid,
      heartbeatMs: boot.heartbeatMs,
      silenceMs: boot.silenceMs,
      hangNoteFile: boot.hangNoteFile,
      onStalled: (stall) => {
        this.ipc.notify(loopStalledMessage, stall);
      },
      onTrouble: (text) => {
        this.hint(text);
      },
    });
  }

  #createEnding(): Ending {
    const { clock, watch, guard, boot } = this.#host;
    return new Ending({
      clock,
      watch,
      guard,
      drainListeners: this.drainListeners,
      handlers: this.handlers,
      exitHandlerMs: boot.exitHandlerMs,
      reports: {
        phase: (phase) => {
          this.ipc.notify(endingPhaseMessage, phase);
        },
        drainFinished: (report) => {
          this.ipc.notify(drainFinishedMessage, report);
        },
        drainTrouble: (text) => {
          this.hint(text);
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
export function openConversation(host: ConversationHost): Conversation {
  const conversation = new Conversation(host);
  conversation.open();
  return conversation;
}
