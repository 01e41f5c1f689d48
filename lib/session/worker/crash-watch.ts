import { writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import type { ErrorLike } from '../../ipc/error-like.ts';
import type { CrashDetected } from '../contract.ts';

type Origin = CrashDetected['origin'];

/** A note larger than this might not get through before the process is gone. */
const LARGEST_NOTE_BYTES = 32_768;

export interface CrashWatchOptions {
  readonly noteFile: string;
  readonly send: (note: CrashDetected) => void;
  /** Runs exit handlers and ends the process; only called once there are handlers to run. */
  readonly endAfterCrash: (error: Error) => void;
}

/** Tells the monitor of every error nobody caught, before the process is gone. */
export class CrashWatch {
  readonly #options: CrashWatchOptions;
  #takesOver = false;

  constructor(options: CrashWatchOptions) {
    this.#options = options;
  }

  install(): void {
    process.on('uncaughtExceptionMonitor', (error, origin) => {
      this.#note(error, origin, this.#serverHandles());
    });
    this.#watchRejectionHandlers();
  }

  /** From now on an uncaught error runs the exit handlers before the process ends. */
  takeOver(): void {
    if (this.#takesOver) return;
    this.#takesOver = true;
    process.on('uncaughtException', this.#onUncaught);
  }

  /** Reports an error that the user's work ended with, as if nobody had caught it. */
  noteFailedWork(error: unknown): void {
    this.#note(error, 'uncaughtException', false);
  }

  readonly #onUncaught = (error: unknown): void => {
    if (this.#serverHandles()) return;
    printLikeNode(error);
    this.#options.endAfterCrash(error instanceof Error ? error : new Error(String(error)));
  };

  #serverHandles(): boolean {
    const ours = this.#takesOver ? 1 : 0;
    return (
      process.listenerCount('uncaughtException') > ours ||
      process.hasUncaughtExceptionCaptureCallback()
    );
  }

  #note(thrown: unknown, origin: Origin, handled: boolean): void {
    const { toErrorLike } =
      require('../../ipc/error-like') as typeof import('../../ipc/error-like.ts');
    const note: CrashDetected = {
      error: shrink(toErrorLike(thrown)),
      origin,
      handled,
      atTopLevel: origin === 'unhandledRejection' && isThrownByEntry(),
    };
    if (!handled) this.#writeNote(note);
    this.#options.send(note);
  }

  #writeNote(note: CrashDetected): void {
    try {
      writeFileSync(this.#options.noteFile, JSON.stringify(note), { mode: 0o600 });
    } catch {
      // The message is the other way, and the exit code the last resort.
    }
  }

  /** A listener of ours would keep Node from treating rejections as errors, so there is one only beside the server's own. */
  #watchRejectionHandlers(): void {
    const report = (reason: unknown): void => {
      this.#note(reason, 'unhandledRejection', true);
    };
    process.on('newListener', (event, listener: unknown) => {
      if (event !== 'unhandledRejection' || listener === report) return;
      if (!process.listeners('unhandledRejection').includes(report))
        process.on('unhandledRejection', report);
    });
    process.on('removeListener', (event) => {
      if (event === 'unhandledRejection' && process.listenerCount('unhandledRejection') === 1) {
        process.off('unhandledRejection', report);
      }
    });
  }
}

/**
 * Whether the entry module itself has thrown, which Node reports as an unhandled rejection: it then
 * stands right on the stack, where a promise that nobody handles is told of by the task queue.
 */
function isThrownByEntry(): boolean {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 20;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return stack.includes('node:internal/modules/run_main');
}

/** Node prints nothing when a handler is there, so the log would lack what it shows without Vigil. */
function printLikeNode(error: unknown): void {
  const text = inspect(error);
  process.stderr.write(`Uncaught:\n${text}\n\nNode.js ${process.version}\n`);
}

function shrink(error: ErrorLike): ErrorLike {
  if (JSON.stringify(error).length <= LARGEST_NOTE_BYTES) return error;
  const { name, message, stack, code } = error;
  return {
    name,
    message: message.slice(0, 4000),
    ...(stack === undefined ? {} : { stack: stack.slice(0, 8000) }),
    ...(code === undefined ? {} : { code }),
  };
}
