import type { Readable } from 'node:stream';
import type { IpcChannel } from '../ipc/channel.ts';

/** How the operating system (or the host that ran it) reported the end of a process. */
export interface ExitFact {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why the process could not be started at all. */
  readonly spawnError: Error | null;
}

/** What makes a process the same one later: a pid alone may be reused. */
export interface ChildIdentity {
  readonly pid: number | null;
  /** In clock ticks since boot on Linux; null where it cannot be had. */
  readonly startTime: string | null;
  /** The machine it runs on; null is this one. */
  readonly host: string | null;
}

/**
 * One started process, whatever started it: a cluster worker, a local child, a command on another
 * host, or a process that an earlier supervisor left running and that was adopted.
 *
 * The supervisor driver knows nothing else of a process. An adopted one has no exit event, so its
 * handle watches the identity and resolves `exit` with neither code nor signal; one that survives
 * its supervisor writes its output to files, so its streams are null.
 */
export interface ChildHandle {
  readonly identity: ChildIdentity;
  readonly fate: 'diesWithSupervisor' | 'survivesSupervisor';
  /** Messages to and from the process; null when it speaks no IPC. */
  readonly channel: IpcChannel | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** Settles once, when the process is gone and what it wrote and sent before has been read; never rejects. */
  readonly exit: Promise<ExitFact>;
  /** Sends a signal to the process and everything it started that still runs; gives how many were reached. */
  signalTree(signal: NodeJS.Signals): Promise<number>;
  /**
   * Remembers what the process has started so far. It is about to end, and with it the way to those
   * whose environment says nothing of where they come from.
   */
  noteTree?(): void;
}
