import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createDeferred } from '../../util/deferred.ts';
import type { ChildHandle, ExitFact } from '../child-handle.ts';
import { listTree, readStartTime, signalTree, type TreeRoot } from '../process-tree.ts';
import { createUnstartedHandle } from './unstarted-handle.ts';

export interface CommandHandleOptions {
  /** The program and its arguments; no shell reads them. */
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** The variable, with its value, by which the descendants of the process are found; it is added to the environment. */
  readonly marker: { readonly name: string; readonly value: string };
  /** Where the process writes by itself, whether or not its supervisor lives. */
  readonly stdoutFile: string;
  readonly stderrFile: string;
}

/** Starts any executable, in a process group of its own, so that it survives its supervisor and can be adopted by the next one. */
export function startCommand(options: CommandHandleOptions): ChildHandle {
  try {
    return createCommandHandle(startProcess(options), options);
  } catch (error) {
    return createUnstartedHandle(error as Error);
  }
}

function startProcess(options: CommandHandleOptions): ChildProcess {
  const [program = '', ...args] = options.command;
  const { stdoutFile, stderrFile } = options;
  const files: number[] = [];
  try {
    for (const file of new Set([stdoutFile, stderrFile])) files.push(openSync(file, 'a', 0o600));
    const { name, value } = options.marker;
    const settings: SpawnOptions = {
      cwd: options.directory,
      env: { ...options.environment, [name]: value },
      detached: true,
      stdio: ['ignore', files.at(0), files.at(-1)],
    };
    return spawn(program, args, settings);
  } finally {
    // The process has its own copies.
    for (const file of files) closeSync(file);
  }
}

function createCommandHandle(child: ChildProcess, { marker }: CommandHandleOptions): ChildHandle {
  const pid = child.pid ?? null;
  const identity = { pid, startTime: pid === null ? null : readStartTime(pid), host: null };
  const known = new Map<number, number | null>();
  const root: TreeRoot = {
    pid,
    group: pid,
    marker: `${marker.name}=${marker.value}`,
    startTime: identity.startTime,
    known,
  };
  let gone = pid === null;
  const exit = createDeferred<ExitFact>();
  child.once('exit', (code, signal) => {
    gone = true;
    exit.resolve({ code, signal, spawnError: null });
  });
  child.on('error', (error) => {
    if (pid === null) exit.resolve({ code: null, signal: null, spawnError: error });
  });
  return {
    identity,
    fate: 'survivesSupervisor',
    channel: null,
    stdout: null,
    stderr: null,
    exit: exit.promise,
    // After its death the pid may belong to a stranger; as a group it cannot while anybody is in it.
    signalTree: (signal) =>
      Promise.resolve(pid === null ? 0 : signalTree(gone ? { ...root, pid: null } : root, signal)),
    noteTree: () => {
      for (const [member, startTime] of listTree(root)) known.set(member, startTime);
    },
  };
}
