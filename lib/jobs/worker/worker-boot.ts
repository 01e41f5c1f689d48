/** What a process of workers is told at its start, in one environment variable. */
export interface WorkerBoot {
  readonly supervisorPid: number;
  /** Absolute path. */
  readonly handlersFile: string;
  readonly concurrency: number;
  /** What clients are told of it. */
  readonly name: string;
  readonly replyTtlMs: number;
  readonly heartbeatMs: number;
  readonly silenceMs: number;
  /** Where the last error is written when no message may get through any more. */
  readonly noteFile: string;
  /** Where the watchdog thread writes why the loop is stuck. */
  readonly hangNoteFile: string;
}

export const WORKER_BOOT_VARIABLE = 'VIGIL_JOBS_WORKER';

/** Exit code of a process whose handlers cannot be loaded. */
export const UNLOADABLE_EXIT_CODE = 78;

/**
 * Takes what this process was told out of its environment, so that what the handlers start does not take it for its
 * own. Null in a process that no supervisor has started.
 */
export function takeWorkerBoot(): WorkerBoot | null {
  const text = process.env[WORKER_BOOT_VARIABLE];
  if (text === undefined) return null;
  Reflect.deleteProperty(process.env, WORKER_BOOT_VARIABLE);
  const boot = JSON.parse(text) as WorkerBoot;
  return boot.supervisorPid === process.ppid && process.send !== undefined ? boot : null;
}
