import { readFileSync, rmSync } from 'node:fs';
import type { IpcChannel } from '../../ipc/channel.ts';
import { toErrorLike } from '../../ipc/error-like.ts';
import { manage, type PromisifiedIPCManager } from '../../ipc/promisified-ipc-manager.ts';
import type { CrashDetected, Heartbeat } from '../../session/contract.ts';
import type { CrashNote } from '../../supervision/death-evidence.ts';
import type { Clock } from '../../util/clock.ts';
import { BEAT, CONSUMES, CRASHED, EXITS, TROUBLE, UNLOADABLE } from '../worker/worker-messages.ts';

export interface WorkerLinkOptions {
  readonly channel: IpcChannel;
  readonly clock: Clock;
  readonly noteFile: string;
  readonly onConsumes: (names: readonly string[]) => void;
  readonly onBeat: () => void;
  readonly onUnloadable: (message: string) => void;
  readonly warn: (text: string) => void;
}

const LONGEST_NOTE = 100_000;
const MOST_CULPRITS = 100;

/** The supervisor's end of the conversation with one process of workers. */
export class WorkerLink {
  readonly ipc: PromisifiedIPCManager;
  /** Jobs whose code is known to have ended the process. */
  readonly culprits = new Set<string>();
  readonly #options: WorkerLinkOptions;
  #heartbeat: Heartbeat | null = null;
  #crash: CrashDetected | null = null;

  constructor(options: WorkerLinkOptions) {
    this.#options = options;
    const { channel, clock, onConsumes, onBeat, onUnloadable, warn } = options;
    this.ipc = manage(channel, {}, { clock, keepAlive: false })
      .on(CONSUMES, ({ names }) => {
        onConsumes(names);
      })
      .on(BEAT, (beat) => {
        this.#heartbeat = beat;
        onBeat();
      })
      .on(CRASHED, ({ crash, jobId }) => {
        this.#noteCrash(crash, jobId);
      })
      .on(EXITS, ({ jobId }) => {
        this.#suspect(jobId);
      })
      .on(UNLOADABLE, ({ message }) => {
        onUnloadable(message);
      })
      .on(TROUBLE, ({ text }) => {
        warn(text);
      });
  }

  get heartbeat(): Heartbeat | null {
    return this.#heartbeat;
  }

  /** The error it died of; read from its note when no message came. */
  readCrash(): CrashDetected | null {
    this.#crash ??= this.#readNote();
    return this.#crash;
  }

  readCrashNote(): CrashNote | null {
    const crash = this.readCrash();
    if (crash === null) return null;
    const { origin, handled, atTopLevel, error } = crash;
    return { origin, handled, atTopLevel, summary: `${error.name}: ${error.message}` };
  }

  close(): void {
    rmSync(this.#options.noteFile, { force: true });
    this.ipc.destroy();
  }

  /** One that the handlers' own listener has taken is nobody's end. */
  #noteCrash(crash: CrashDetected, jobId: string | null): void {
    if (crash.handled) return;
    this.#crash = { ...crash, error: toErrorLike(crash.error) };
    this.#suspect(jobId);
  }

  /** One end has few culprits, whatever a worker says. */
  #suspect(jobId: string | null): void {
    if (jobId !== null && this.culprits.size < MOST_CULPRITS) this.culprits.add(jobId);
  }

  #readNote(): CrashDetected | null {
    try {
      const text = readFileSync(this.#options.noteFile, 'utf8');
      if (text.length > LONGEST_NOTE) return null;
      const note = JSON.parse(text) as CrashDetected;
      return { ...note, error: toErrorLike(note.error) };
    } catch {
      return null;
    }
  }
}
