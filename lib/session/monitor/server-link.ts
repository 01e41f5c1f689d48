import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { IpcChannel } from '../../ipc/channel.ts';
import type { NoticeDescriptor, RequestDescriptor } from '../../ipc/descriptor.ts';
import { type ErrorLike, toErrorLike } from '../../ipc/error-like.ts';
import { manage, type PromisifiedIPCManager } from '../../ipc/promisified-ipc-manager.ts';
import type { ToleranceOptions } from '../../probe/failure-tally.ts';
import type { ChildLife } from '../../process/child-life.ts';
import { HealthTally } from '../../process/health-tally.ts';
import type { LoadedSecret } from '../../report/mask-secrets.ts';
import type { CrashNote } from '../../supervision/death-evidence.ts';
import { type Clock, isoTime } from '../../util/clock.ts';
import {
  type CrashDetected,
  crashDetectedMessage,
  drainFinishedMessage,
  endingPhaseMessage,
  exitHandlerMessage,
  extendDeadlineMessage,
  type Heartbeat,
  heartbeatMessage,
  hintMessage,
  killMessage,
  type KillRequest,
  lifecycleMessage,
  type ListenerInfo,
  listeningMessage,
  type LoopStalled,
  loopStalledMessage,
  polledListenerMessage,
  pollMessage,
  type PollResult,
  secretsMessage,
  serverRunningMessage,
  standingByMessage,
} from '../contract.ts';
import type { SessionEventBody } from '../session-event.ts';
import { isSoundMessage } from './message-shapes.ts';

export interface ServerLinkOptions {
  readonly channel: IpcChannel;
  readonly clock: Clock;
  readonly noteFile: string;
  readonly exitHandlerMs: number;
  readonly tolerance: () => ToleranceOptions;
  /** Publishes an event of this process. */
  readonly tell: (event: SessionEventBody) => void;
  readonly warn: (text: string) => void;
  readonly onStalled: (stall: LoopStalled) => void;
  readonly onKill: (request: KillRequest) => void;
  /** Hears what must be masked from now on. */
  readonly onSecrets: (secrets: readonly LoadedSecret[]) => void;
  readonly onBeat: (beat: Heartbeat) => void;
  readonly onPoll: (poll: PollResult) => void;
}

/** Added to what the server says a part of its ending may take, so that its own deadline comes first. */
const MARGIN_MS = 1000;

/** How long the server's own handler of an error may take to end the process for it. */
const OWN_HANDLER_MS = 10_000;

/** The monitor's end of the conversation with one server process: what it says becomes signs of life and events. */
export class ServerLink {
  readonly ipc: PromisifiedIPCManager;
  readonly #options: ServerLinkOptions;
  #life: ChildLife | null = null;
  #note: CrashDetected | null = null;
  #notedAt = 0;
  #heartbeat: Heartbeat | null = null;
  #lastPoll: (PollResult & { readonly at: string }) | null = null;
  #listener: ListenerInfo | null = null;
  #polledPort: number | null = null;
  readonly #refused = new Set<string>();
  /** What the polls so far came to. */
  readonly health: HealthTally;

  constructor(options: ServerLinkOptions) {
    this.#options = options;
    this.health = new HealthTally({
      tolerance: options.tolerance,
      onFailure: (reason, count) => {
        options.tell({ type: 'poll.failed', reason, count });
      },
    });
    this.ipc = manage(options.channel, {}, { clock: options.clock, keepAlive: false });
    this.#listenForLife();
    this.#listenForEnding();
    this.#listenForWishes();
  }

  /** Binds the life that the signs belong to; before it there are none, as nothing is read in between. */
  attach(life: ChildLife): void {
    this.#life = life;
  }

  get heartbeat(): Heartbeat | null {
    return this.#heartbeat;
  }

  get lastPoll(): (PollResult & { readonly at: string }) | null {
    return this.#lastPoll;
  }

  get hasListened(): boolean {
    return this.#listener !== null;
  }

  /** What has kept the process from being ready, as far as it was seen. */
  describeStart(): string {
    if (this.#listener === null) return 'it has not listened on any port';
    return this.#lastPoll?.reason ?? '';
  }

  /** The port that is polled, else the first that listens. */
  get port(): number | null {
    return this.#polledPort ?? this.#listener?.port ?? null;
  }

  /**
   * The error the process reported before it died; null when it did not. Reads the note on disk if no
   * message came. One that its own handler took counts only while that handler may still be ending the process.
   */
  readCrash(): CrashDetected | null {
    if (this.#note === null || this.#note.handled) this.#note = this.#takeNoteFile() ?? this.#note;
    const isPast = this.#options.clock.now() - this.#notedAt > OWN_HANDLER_MS;
    return this.#note?.handled === true && isPast ? null : this.#note;
  }

  readCrashNote(): CrashNote | null {
    const crash = this.readCrash();
    if (crash === null) return null;
    const { origin, handled, atTopLevel, error } = crash;
    return { origin, handled, atTopLevel, summary: summarize(error) };
  }

  close(): void {
    rmSync(this.#options.noteFile, { force: true });
    this.ipc.destroy();
  }

  /** Takes a message only if it makes sense; of others it tells once for each name. */
  #on<Args>(
    message: NoticeDescriptor<Args> | RequestDescriptor<Args, unknown>,
    handler: (args: Args) => unknown,
  ): void {
    const { name } = message;
    this.ipc.on(name, (args) => {
      if (isSoundMessage(name, args)) return handler(args as Args);
      if (!this.#refused.has(name)) {
        this.#refused.add(name);
        this.#options.warn(
          `the server process sent a "${name}" message that makes no sense: ignored`,
        );
      }
      return undefined;
    });
  }

  #listenForLife(): void {
    this.#on(heartbeatMessage, (heartbeat) => {
      this.#heartbeat = heartbeat;
      this.#life?.report('beat');
      this.#options.onBeat(heartbeat);
    });
    this.#on(listeningMessage, (listener) => {
      this.#listener ??= listener;
      this.#options.tell({ type: 'worker.listening', port: listener.port, path: listener.path });
    });
    this.#on(polledListenerMessage, ({ port, expected }) => {
      this.#polledPort = port;
      if (!expected) this.#warnOfPort(port);
    });
    this.#on(serverRunningMessage, () => {
      this.#life?.report('announcedReady');
    });
    this.ipc.on(standingByMessage, () => {
      this.#life?.report('stoodBy');
    });
    this.#on(pollMessage, (result) => {
      this.#countPoll(result);
    });
    this.#on(extendDeadlineMessage, ({ ms }) => {
      this.#options.tell({ type: 'worker.extendedDeadline', ms });
      this.#life?.extend(ms);
    });
  }

  #countPoll(result: PollResult): void {
    this.#lastPoll = { ...result, at: isoTime(this.#options.clock) };
    this.#options.onPoll(result);
    if (this.#life !== null) this.health.take(result, this.#life);
  }

  #listenForEnding(): void {
    const { tell, exitHandlerMs } = this.#options;
    this.#on(crashDetectedMessage, (crash) => {
      const { handled, origin } = crash;
      const error = toErrorLike(crash.error);
      this.#note = { ...crash, error };
      this.#notedAt = this.#options.clock.now();
      tell({ type: 'crash.detected', error, handled, origin });
    });
    this.#on(endingPhaseMessage, ({ phase, budgetMs }) => {
      if (phase === 'draining') tell({ type: 'drain.started' });
      this.#life?.budgetEnding(budgetMs + MARGIN_MS);
    });
    this.#on(drainFinishedMessage, ({ open, durationMs, requests, moreRequests }) => {
      tell({ type: 'drain.finished', open, durationMs, requests, moreRequests });
    });
    this.#on(exitHandlerMessage, ({ kind, name, error }) => {
      if (kind === 'timedOut')
        tell({ type: 'exitHandler.timedOut', name, deadlineMs: exitHandlerMs });
      else tell({ type: 'exitHandler.failed', name, error: toErrorLike(error) });
    });
  }

  #listenForWishes(): void {
    this.#on(lifecycleMessage, ({ event }) => {
      this.#options.tell({ type: 'lifecycle', event });
    });
    this.#on(loopStalledMessage, (stall) => {
      this.#options.onStalled(stall);
    });
    this.#on(hintMessage, ({ text }) => {
      this.#options.warn(text);
    });
    this.#on(secretsMessage, ({ secrets }) => {
      this.#options.onSecrets(secrets);
    });
    this.#on(killMessage, (request) => {
      this.#options.onKill(request);
      return true;
    });
  }

  #warnOfPort(port: number | null): void {
    const place =
      port === null
        ? 'a Unix socket is polled instead'
        : `port ${String(port)} is polled instead (set ports.server, or use --port)`;
    this.#options.warn(`no HTTP server listens on ports.server; the one on ${place}`);
  }

  #takeNoteFile(): CrashDetected | null {
    const { noteFile } = this.#options;
    if (!existsSync(noteFile)) return null;
    try {
      return parseNote(JSON.parse(readFileSync(noteFile, 'utf8')));
    } catch {
      return null;
    }
  }
}

/** The note was written by a dying process: nothing of it is trusted. */
function parseNote(value: unknown): CrashDetected | null {
  if (!isSoundMessage(crashDetectedMessage.name, value)) return null;
  const note = value as CrashDetected;
  return { ...note, error: toErrorLike(note.error) };
}

function summarize(error: ErrorLike): string {
  return `${error.name}: ${error.message.split('\n', 1)[0] ?? ''}`.slice(0, 300);
}
