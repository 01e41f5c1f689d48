import type { PromisifiedIPCManager } from '../../ipc/promisified-ipc-manager.ts';
import { type Clock, systemClock } from '../../util/clock.ts';
import { SERVER_PROCESS, SERVER_WORKER, type ServerBoot } from '../server-boot.ts';
import { ClusterHints } from './cluster-hints.ts';
import type { Conversation } from './conversation.ts';
import { CrashWatch } from './crash-watch.ts';
import { RecorderHook } from './flight-recorder/recorder-hook.ts';
import { HeldListen } from './held-listen.ts';
import { KeepAlive } from './keep-alive.ts';
import { ListenerWatch, type WatchedListener } from './listener-watch.ts';
import { LoadedSecrets } from './loaded-secrets.ts';
import { MonitorInbox } from './monitor-inbox.ts';
import { ProcessEvents } from './process-events.ts';
import { SignalGuard } from './signal-guard.ts';
import { Standby } from './standby.ts';

/** Clients that have waited for the server are answered before the monitor is told that it listens. */
const FIRST_WORD_MS = 5;
/** A server that does not listen sooner has all of Vigil from then on; until then its start is spared the cost. */
const LATEST_CONVERSATION_MS = 500;

/** Vigil's part of the server's process that is set up by the preload before any of the user's code runs. */
export class ServerProcess {
  readonly crashes: CrashWatch;
  readonly standby: Standby;
  readonly #clock: Clock = systemClock;
  readonly #events = new ProcessEvents();
  readonly #boot: ServerBoot;
  readonly #inbox: MonitorInbox;
  readonly #watch: ListenerWatch;
  readonly #guard: SignalGuard;
  readonly #held: HeldListen | null;
  readonly #recorder: RecorderHook;
  readonly #hints: ClusterHints;
  readonly #keepAlive = new KeepAlive();
  readonly #secrets = new LoadedSecrets();
  readonly #untold: WatchedListener[] = [];
  readonly #onConversation: ((ipc: PromisifiedIPCManager) => void)[] = [];
  #conversation: Conversation | null = null;
  #announced = false;

  constructor(boot: ServerBoot) {
    this.#boot = boot;
    this.#inbox = new MonitorInbox(() => this.conversation);
    this.#watch = new ListenerWatch(this.#clock, this.#keepAlive, (listener) => {
      this.#onListening(listener);
    });
    this.#guard = new SignalGuard(this.#clock, this.#events);
    this.standby = new Standby(boot.isSpare, this.#keepAlive, () => {
      this.conversation.tellStandingBy();
    });
    this.#held = boot.socket === 'own' ? null : this.#createHeldListen();
    this.#recorder = this.#createRecorder();
    this.#hints = new ClusterHints((text) => {
      this.conversation.hint(text);
    });
    this.crashes = this.#createCrashWatch();
  }

  install(): void {
    this.#events.install();
    process.once('exit', () => {
      this.tellSecrets();
      this.#conversation?.ipc.flush();
    });
    this.#inbox.install(this.#events);
    this.#hints.install(this.#events);
    this.#watch.install();
    this.#held?.install();
    this.#guard.install();
    this.crashes.install();
    this.#watchDisconnect();
    this.#clock.setTimer(LATEST_CONVERSATION_MS, () => this.conversation).unref();
  }

  /** Made when there is something to say, or to hear. */
  get conversation(): Conversation {
    return (this.#conversation ??= this.#openConversation());
  }

  /** Calls back with the channel to the monitor as soon as anything goes over it. */
  onConversation(listener: (ipc: PromisifiedIPCManager) => void): void {
    if (this.#conversation === null) this.#onConversation.push(listener);
    else listener(this.#conversation.ipc);
  }

  /** The user's code says that it is ready, whatever the polls say. */
  announceReady(): void {
    this.#announce(true);
    this.conversation.poll?.endStarting();
  }

  /** Ends this process the way an uncaught error would. */
  failWork(error: unknown): void {
    process.stderr.write(
      `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    this.crashes.noteFailedWork(error);
    this.#endAfterCrash(error instanceof Error ? error : new Error(String(error)));
  }

  /** What the server has loaded by itself must be masked like what it was started with. */
  tellSecrets(): void {
    const secrets = this.#secrets.take();
    if (secrets.length > 0) this.conversation.tellSecrets(secrets);
  }

  /** Polls would find the listeners closed, and the health that ends with the crash taken for its cause. */
  #endAfterCrash(error: Error): void {
    this.conversation.poll?.stop();
    this.conversation.ending.beginAfterCrash(error);
  }

  #onListening(listener: WatchedListener): void {
    this.#recorder.watch(listener.server);
    this.#untold.push(listener);
    this.#clock
      .setTimer(FIRST_WORD_MS, () => {
        this.#tellListening();
        this.conversation.poll?.start();
        if (this.conversation.poll === null) this.#announce(false);
      })
      .unref();
  }

  #tellListening(): void {
    this.tellSecrets();
    for (const listener of this.#untold.splice(0)) this.conversation.tellListening(listener);
  }

  #announce(announced: boolean): void {
    if (this.#announced) return;
    this.#announced = true;
    this.#tellListening();
    this.conversation.tellRunning(announced);
    this.#hints.noteReady(SERVER_WORKER in globalThis);
  }

  #openConversation(): Conversation {
    const { openConversation } = require('./conversation') as typeof import('./conversation.ts');
    const conversation = openConversation({
      boot: this.#boot,
      clock: this.#clock,
      events: this.#events,
      inbox: this.#inbox,
      watch: this.#watch,
      guard: this.#guard,
      tellSecrets: () => {
        this.tellSecrets();
      },
      onPromoted: () => {
        this.#held?.promote();
        this.standby.end();
      },
      onQuarantine: (routes) => {
        this.#recorder.refuse(routes);
      },
      onGoodPoll: () => {
        this.#announce(false);
      },
    });
    this.#recorder.onShared((ring) => conversation.watchdog?.share(ring));
    for (const listener of this.#onConversation.splice(0)) listener(conversation.ipc);
    return conversation;
  }

  #watchDisconnect(): void {
    // Before Node's own listener, which ends a cluster worker that has lost its primary.
    this.#events.intercept('disconnect', () => {
      if (this.#conversation !== null) return false;
      this.#conversation = this.#openConversation();
      // Once more, for those who listen only now.
      process.emit('disconnect');
      return true;
    });
    process.once('disconnect', () => {
      this.conversation.ending.endOrphaned();
    });
  }

  #createHeldListen(): HeldListen {
    return new HeldListen({
      events: this.#events,
      keepAlive: this.#keepAlive,
      withhold: this.#boot.socket === 'withheld',
      isEnding: () => this.#conversation?.ending.begun === true,
      speaksHttp: (server) =>
        this.#watch.listeners.some((one) => one.server === server && one.protocol === 'http'),
    });
  }

  #createRecorder(): RecorderHook {
    return new RecorderHook(this.#boot, {
      clock: this.#clock,
      events: this.#events,
      polledPath: () => this.#conversation?.poll?.route ?? null,
      onTrouble: (text) => {
        this.conversation.hint(text);
      },
    });
  }

  #createCrashWatch(): CrashWatch {
    return new CrashWatch({
      noteFile: this.#boot.noteFile,
      send: (note) => {
        if (!note.handled) this.#recorder.freeze();
        this.tellSecrets();
        this.conversation.tellCrash(note);
      },
      endAfterCrash: (error) => {
        this.#endAfterCrash(error);
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
