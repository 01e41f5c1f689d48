import type { IpcChannel } from '../../ipc/channel.ts';
import { toErrorLike } from '../../ipc/error-like.ts';
import { VigilError } from '../../errors.ts';
import type { ChildEvent } from '../../process/child-events.ts';
import type { SocketLender } from '../../process/listener/socket-lender.ts';
import { ChildLife } from '../../process/child-life.ts';
import type { RingContent } from '../../report/request-slots.ts';
import type { LoadedSecret } from '../../report/mask-secrets.ts';
import type { Clock } from '../../util/clock.ts';
import { type KillRequest, manualExitMessage, promoteMessage } from '../contract.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import type { SessionEventBody } from '../session-event.ts';
import { resolveChildTiming, resolveTolerance } from '../supervision-settings.ts';
import type { EndingManner } from './ending.ts';
import { HangEvidence } from './hang-evidence.ts';
import { ServerCircumstances } from './server-circumstances.ts';
import type { FlightRing } from './flight-ring.ts';
import type { StartedServer } from './server-fork.ts';
import { ServerLink } from './server-link.ts';
import type { EventSource, SessionJournal } from './session-journal.ts';
import type { OutputSink, ServerOutput } from './server-output.ts';

export interface ServerHooks {
  readonly clock: Clock;
  readonly journal: Pick<SessionJournal, 'signs'>;
  /** Asked at each use: settings may change while the process runs. */
  readonly options: () => ResolvedSessionOptions;
  readonly endingManner: () => EndingManner;
  readonly onChildEvent: (server: ServerInstance, event: ChildEvent) => void;
  readonly tell: (server: ServerInstance, event: SessionEventBody) => void;
  readonly openOutput: (source: EventSource) => OutputSink;
  readonly warn: (text: string) => void;
  readonly onKill: (request: KillRequest) => void;
  readonly onSecrets: (secrets: readonly LoadedSecret[]) => void;
  readonly projectDirectory: () => string;
}

/** One server process with everything the monitor holds of it: its life, the conversation, its output. */
export class ServerInstance {
  readonly life: ChildLife;
  readonly link: ServerLink;
  readonly output: ServerOutput;
  /** Why it gives no sign of life, when it does not. */
  readonly hang: HangEvidence;
  readonly #hooks: ServerHooks;
  readonly #circumstances: ServerCircumstances;
  readonly #ring: FlightRing;

  /** The sockets this process has; null when it listens by itself. */
  readonly sockets: SocketLender | null;

  constructor(generation: number, started: StartedServer, hooks: ServerHooks) {
    this.#hooks = hooks;
    const { handle, noteFile } = started;
    this.sockets = started.sockets;
    this.#circumstances = new ServerCircumstances({
      clock: hooks.clock,
      pid: handle.identity.pid,
      directory: hooks.options().stateDirectory,
    });
    this.output = started.output;
    this.output.passTo(hooks.openOutput({ generation, pid: handle.identity.pid }));
    this.#ring = started.ring;
    this.link = this.#createLink(handle.channel ?? createClosedChannel(), noteFile);
    this.hang = this.#createHangEvidence(started);
    this.life = this.#createLife(generation, started);
    this.link.attach(this.life);
  }

  /** Sure once the process is dead; before that a request more or less. */
  readRequests(): RingContent {
    return this.#ring.read();
  }

  #createLink(channel: IpcChannel, noteFile: string): ServerLink {
    const { clock, options, journal, tell, warn, onKill, onSecrets } = this.#hooks;
    return new ServerLink({
      channel,
      clock,
      noteFile,
      exitHandlerMs: options().shutdown.exitHandlerMs,
      tolerance: () => resolveTolerance(options()),
      tell: (event) => {
        tell(this, event);
      },
      warn,
      onStalled: (stall) => {
        tell(this, { type: 'loop.stalled', ...this.hang.describeStall(stall) });
      },
      onKill,
      onSecrets,
      onBeat: (beat) => {
        this.#circumstances.noteBeat();
        journal.signs.publish({ kind: 'beat', generation: this.life.generation, beat });
      },
      onPoll: (poll) => {
        journal.signs.publish({ kind: 'poll', generation: this.life.generation, poll });
      },
    });
  }

  #createHangEvidence({ handle, hangNoteFile }: StartedServer): HangEvidence {
    const { clock, options, warn, projectDirectory } = this.#hooks;
    return new HangEvidence({
      clock,
      noteFile: hangNoteFile,
      pid: () => handle.identity.pid,
      watchdog: options().watchdog,
      silenceMs: () => options().heartbeat.silenceMs,
      projectDirectory,
      warn,
    });
  }

  #tellHang(silenceMs: number): void {
    // Source maps may take their time: the kill comes first.
    queueMicrotask(() => {
      this.#hooks.tell(this, { type: 'hang.detected', silenceMs, ...this.hang.tell() });
    });
  }

  /** Removes what it has left on disk; nothing is heard of it any more. */
  close(): void {
    this.hang.close();
    this.#ring.remove();
    this.link.close();
  }

  #createLife(generation: number, { handle, startedAt }: StartedServer): ChildLife {
    const { clock, options, onChildEvent } = this.#hooks;
    return new ChildLife({
      generation,
      handle,
      clock,
      startedAt,
      timing: () => resolveChildTiming(options()),
      courier: {
        promote: () => {
          this.link.ipc.notify(promoteMessage, null);
        },
        askToStop: (intent) => {
          handle.noteTree?.();
          this.#order(intent === 'session-end', null);
        },
        askToFail: (detail) => {
          handle.noteTree?.();
          this.#order(
            false,
            new VigilError('ERR_CHILD_UNHEALTHY', `the server failed its health route: ${detail}`),
          );
        },
      },
      witness: {
        isDebugged: () => this.hang.isDebugged(),
        hangFacts: () => this.hang.facts(),
        crashNote: () => this.link.readCrashNote(),
        startTrouble: () => this.link.describeStart(),
        lastWords: () => this.output.lastWords(),
        circumstances: (fact) => this.#circumstances.atEnd(fact, this.link.heartbeat),
        isWritingDump: () => this.#circumstances.isWritingDump(),
      },
      onEvent: (event) => {
        if (event.type === 'child.hung') this.#tellHang(event.silenceMs);
        onChildEvent(this, event);
      },
    });
  }

  #order(isSessionEnd: boolean, failure: Error | null): void {
    const { drainMs, exitHandlerMs } = this.#hooks.options().shutdown;
    const { signal, drains } = this.#hooks.endingManner();
    this.link.ipc.notify(manualExitMessage, {
      isSessionEnd,
      error: failure === null ? null : toErrorLike(failure),
      signal,
      drainMs: isSessionEnd && !drains ? 0 : drainMs,
      exitHandlerMs,
    });
  }
}

/** In place of the channel of a process that could not be started; each has its own, as a channel has one manager. */
function createClosedChannel(): IpcChannel {
  return {
    connected: false,
    send: (_message, onSent) => {
      onSent(new Error('the server process was not started'));
    },
    onMessage: () => () => undefined,
    onClose: () => () => undefined,
  };
}
