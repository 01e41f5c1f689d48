import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildHandle } from '../../process/child-handle.ts';
import { createChildProcessHandle } from '../../process/handles/child-process-handle.ts';
import { createUnstartedHandle } from '../../process/handles/unstarted-handle.ts';
import { ServerOutput } from '../../session/monitor/server-output.ts';
import { createSessionMark } from '../../session/monitor/session-mark.ts';
import { MARKER_VARIABLE } from '../../session/server-boot.ts';
import type { Clock } from '../../util/clock.ts';
import { WORKER_BOOT_VARIABLE, type WorkerBoot } from '../worker/worker-boot.ts';

export interface ForkWorkerRequest {
  readonly boot: Omit<WorkerBoot, 'supervisorPid' | 'noteFile' | 'hangNoteFile'>;
  /** `w1`, in the names of files. */
  readonly worker: string;
  readonly generation: number;
  readonly stateDirectory: string;
  readonly clock: Clock;
}

/** What came of a start; also one that was refused. */
export interface StartedWorker {
  readonly handle: ChildHandle;
  readonly output: ServerOutput;
  readonly noteFile: string;
  readonly hangNoteFile: string;
}

const PROGRAM = join(__dirname, '..', 'worker', 'worker-process.js');
let mark: string | null = null;

/** Starts a process of workers, which ends with this one. */
export function forkWorker(request: ForkWorkerRequest): StartedWorker {
  const { stateDirectory, worker, generation, clock } = request;
  mark ??= createSessionMark(stateDirectory);
  const marker = `${mark}.${worker}.${String(generation)}`;
  const name = (kind: string): string =>
    join(stateDirectory, `${kind}-note.${String(process.pid)}.${worker}.json`);
  const files = { noteFile: name('crash'), hangNoteFile: name('hang') };
  const output = new ServerOutput();
  try {
    for (const file of Object.values(files)) rmSync(file, { force: true });
    const boot: WorkerBoot = { ...request.boot, ...files, supervisorPid: process.pid };
    const child = forkProcess({
      [WORKER_BOOT_VARIABLE]: JSON.stringify(boot),
      [MARKER_VARIABLE]: marker,
    });
    output.follow(child.stdout, 'stdout');
    output.follow(child.stderr, 'stderr');
    const watched = { clock, marker: `${MARKER_VARIABLE}=${marker}` };
    return { handle: createChildProcessHandle(child, watched), output, ...files };
  } catch (error) {
    return { handle: createUnstartedHandle(error as Error), output, ...files };
  }
}

function forkProcess(environment: Readonly<Record<string, string>>): ChildProcess {
  const child = fork(PROGRAM, [], { silent: true, env: { ...process.env, ...environment } });
  // An error of the channel is followed by the end of the process or of the channel, which are seen anyway.
  child.on('error', () => undefined);
  return child;
}
