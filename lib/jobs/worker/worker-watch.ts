import type { PromisifiedIPCManager } from '../../ipc/promisified-ipc-manager.ts';
import { CrashWatch } from '../../session/worker/crash-watch.ts';
import { ProcessEvents } from '../../session/worker/process-events.ts';
import { Watchdog } from '../../session/worker/watchdog/watchdog.ts';
import type { Clock } from '../../util/clock.ts';
import { currentJob } from './job-run.ts';
import type { WorkerBoot } from './worker-boot.ts';
import { CRASHED, EXITS, TROUBLE } from './worker-messages.ts';

export interface WorkerWatch {
  /** Tells the supervisor from now on. */
  connect(ipc: PromisifiedIPCManager): void;
  /** Begins to look at the event loop from a thread beside it. */
  start(): void;
}

/**
 * Sees to it that the supervisor learns why this process ends, and which job ended it; and that it does not outlive
 * the supervisor, also while its loop is blocked.
 *
 * To be called before the channel is managed: what is said at the exit is written by a listener of the manager's.
 */
export function watchProcess(boot: WorkerBoot, clock: Clock): WorkerWatch {
  let ipc: PromisifiedIPCManager | null = null;
  process.on('exit', () => {
    ipc?.notify(EXITS, { jobId: currentJob() ?? null });
  });
  const events = new ProcessEvents();
  events.install();
  const watchdog = new Watchdog({
    clock,
    events,
    monitorPid: boot.supervisorPid,
    heartbeatMs: boot.heartbeatMs,
    silenceMs: boot.silenceMs,
    hangNoteFile: boot.hangNoteFile,
    // Handlers may compute: only a loop that never comes back is worth telling of.
    onStalled: () => undefined,
    onTrouble: (text) => {
      ipc?.notify(TROUBLE, { text });
    },
  });
  watchdog.install();
  new CrashWatch({
    noteFile: boot.noteFile,
    send: (crash) => {
      ipc?.notify(CRASHED, { crash, jobId: currentJob() ?? null });
    },
    endAfterCrash: () => undefined,
  }).install();
  return {
    connect: (connected) => {
      ipc = connected;
    },
    start: () => {
      watchdog.start();
    },
  };
}
