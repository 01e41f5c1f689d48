/** What the monitor tells a server process at its start, in one environment variable. */
export interface ServerBoot {
  readonly monitorPid: number;
  readonly generation: number;
  readonly ports: Readonly<Record<string, number>>;
  readonly polling: PollingSettings | false;
  readonly heartbeatMs: number;
  readonly silenceMs: number;
  readonly drainMs: number;
  readonly exitHandlerMs: number;
  /** What it does as a server begins only when it is promoted. */
  readonly isSpare: boolean;
  /** Where the crash note is written when no message may get through any more. */
  readonly noteFile: string;
  /** Where the watchdog thread writes why the loop is stuck. */
  readonly hangNoteFile: string;
  /**
   * `held`: the monitor owns the listening sockets and lends them · `withheld`: the same, and nothing is
   * accepted before the promotion · `own`: Node's way.
   */
  readonly socket: SocketMode;
  /** The file in which the requests in flight are recorded; null when they are not. */
  readonly ringName: string | null;
  /** Run the thread that says why the loop is stuck, and ends the process when the monitor is gone. */
  readonly watchdog: boolean;
  /** Where the entry file finds the package of the monitor, so that it is not looked for again; null when it does not. */
  readonly foundPackage: FoundPackage | null;
}

/** What the name of a package stands for, to whoever looks for it in these folders. */
export interface FoundPackage {
  readonly name: string;
  readonly folders: readonly string[];
  readonly file: string;
}

export type SocketMode = 'held' | 'withheld' | 'own';

/** The part of the polling options that the server's process acts on. */
export interface PollingSettings {
  readonly route: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly expectStatus: readonly [number, number];
}

export const BOOT_VARIABLE = 'VIGIL_BOOT';

// One per process, whichever way its module was loaded.
export const SERVER_PROCESS = Symbol.for('server-vigil.serverProcess');
export const SERVER_WORKER = Symbol.for('server-vigil.serverWorker');

/** Stands in the environment of the server and all it starts, so that nothing of it is ever left behind. */
export const MARKER_VARIABLE = 'VIGIL_SERVER';

/** Where that file may be: in memory, or else where there is room for certain. */
export function ringDirectories(stateDirectory: string): readonly string[] {
  return ['/dev/shm', stateDirectory];
}

/** While starting, polls come at most this far apart, milliseconds. */
export const STARTING_POLL_MS = 250;

/** Without a configured route any complete answer below 500 is good: a redirect or a 404 kills no healthy server. */
export const ANY_ANSWER: readonly [number, number] = [100, 499];
