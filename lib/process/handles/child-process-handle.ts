import type { ChildProcess } from 'node:child_process';
import { createChannel } from '../../ipc/channel.ts';
import type { Clock } from '../../util/clock.ts';
import { createDeferred } from '../../util/deferred.ts';
import type { ChildHandle, ChildIdentity, ExitFact } from '../child-handle.ts';
import { listTree, readStartTime, signalTree, type TreeRoot } from '../process-tree.ts';

export interface ChildProcessHandleOptions {
  readonly clock: Clock;
  /** `NAME=value` in the environment of the process, by which its descendants are found. */
  readonly marker: string;
}

/**
 * How long after the exit the last output and messages are awaited. They are normally read in the
 * same turn; a descendant that keeps a pipe open must not hold up the restart.
 */
const LAST_WORDS_MS = 25;

/** The handle of a process of this machine that Node started for us and that dies with the supervisor. */
export function createChildProcessHandle(
  child: ChildProcess,
  options: ChildProcessHandleOptions,
): ChildHandle {
  const identity: ChildIdentity = {
    pid: child.pid ?? null,
    startTime: child.pid === undefined ? null : readStartTime(child.pid),
    host: null,
  };
  const channel = child.pid === undefined ? null : createChannel(child);
  const known = new Map<number, number | null>();
  const root: TreeRoot = {
    pid: identity.pid,
    marker: options.marker,
    startTime: identity.startTime,
    known,
  };
  let gone = false;
  const exit = watchExit(child, options.clock);
  void exit.then(() => {
    gone = true;
  });
  return {
    identity,
    fate: 'diesWithSupervisor',
    channel,
    stdout: child.stdout,
    stderr: child.stderr,
    exit,
    // After its death the pid may belong to a stranger: only the marker still names the tree.
    signalTree: (signal) =>
      Promise.resolve(signalTree(gone ? { ...root, pid: null } : root, signal)),
    noteTree: () => {
      for (const [pid, startTime] of listTree(root)) known.set(pid, startTime);
    },
  };
}

async function watchExit(child: ChildProcess, clock: Clock): Promise<ExitFact> {
  // Listened for from the start: it may follow the exit in the same turn.
  const lastWords = waitForClose(child);
  const fact = await waitForExit(child);
  await new Promise<void>((resolve) => {
    const timer = clock.setTimer(LAST_WORDS_MS, resolve);
    void lastWords.then(() => {
      timer.cancel();
      resolve();
    });
  });
  return fact;
}

function waitForExit(child: ChildProcess): Promise<ExitFact> {
  const exit = createDeferred<ExitFact>();
  child.once('exit', (code, signal) => {
    exit.resolve({ code, signal, spawnError: null });
  });
  child.on('error', (error) => {
    // Other errors (a signal or message that could not be sent) do not mean that it never ran.
    if (child.pid === undefined) exit.resolve({ code: null, signal: null, spawnError: error });
  });
  return exit.promise;
}

/**
 * Resolves when the output and the channel have been read to their ends. Not "disconnect": it never
 * comes when a connection was still on its way to the process.
 */
function waitForClose(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });
}
