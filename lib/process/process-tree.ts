import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Names a process together with everything it started. */
export interface TreeRoot {
  readonly pid: number | null;
  /**
   * A `NAME=value` that stands in the environment of the process and so of all it started. It finds
   * those whose parent has already died, whom no walk over parents can reach. Null: none was given.
   */
  readonly marker: string | null;
  /** The process group that the process leads: what it starts belongs to it, whatever its environment says. Linux only. */
  readonly group?: number | null;
  /** When the process was started: what is older is none of its descendants, and need not be looked at closely. */
  readonly startTime?: string | null;
  /** Those that belonged to the tree at an earlier time, with their start times. */
  readonly known?: ReadonlyMap<number, number | null>;
}

/** A process of this machine, as its operator would look for it. */
export interface NamedProcess {
  readonly pid: number;
  readonly command: string;
}

interface ProcessRow {
  readonly pid: number;
  /** Clock ticks since boot; null where it cannot be told. */
  readonly startTime: number | null;
  readonly parent: number;
  /** Null where it cannot be told. */
  readonly group: number | null;
}

const LONGEST_COMMAND = 120;
const KEPT_FRONT = 40;

/** The living processes of a tree with their start times. Zombies do not count. */
export function listTree(root: TreeRoot): Map<number, number | null> {
  const rows = process.platform === 'linux' ? readProcRows() : readPsRows();
  const found = new Map<number, number | null>();
  for (const row of rows) if (belongs(row, root)) found.set(row.pid, row.startTime);
  for (let grown = -1; grown !== found.size;) {
    grown = found.size;
    for (const row of rows) if (found.has(row.parent)) found.set(row.pid, row.startTime);
  }
  found.delete(process.pid);
  return found;
}

function belongs(row: ProcessRow, root: TreeRoot): boolean {
  if (row.pid === root.pid) return true;
  if (row.group !== null && row.group === root.group) return true;
  if (row.startTime !== null && root.known?.get(row.pid) === row.startTime) return true;
  return isYounger(row, root) && isMarked(row.pid, root.marker);
}

/** Signals every living process of the tree; gives how many were reached. */
export function signalTree(root: TreeRoot, signal: NodeJS.Signals): number {
  return [...listTree(root).keys()].filter((pid) => signalProcess(pid, signal)).length;
}

/**
 * The other living processes that have an accepted value of a variable in the environment they were
 * started with. Those of another container do not count: what their values say is true in there. Linux only.
 */
export function listByVariable(
  variable: string,
  accepts: (value: string) => boolean,
): NamedProcess[] {
  if (process.platform !== 'linux') return [];
  const home = readPidSpace('self');
  return readProcRows()
    .map(({ pid }) => ({ pid, value: readVariable(pid, variable) }))
    .filter(({ pid, value }) => value !== null && pid !== process.pid && accepts(value))
    .filter(({ pid }) => readPidSpace(pid) === home)
    .map(({ pid }) => describeProcess(pid));
}

/** A process that has a variable in the environment it was started with. */
export interface MarkedProcess {
  readonly pid: number;
  readonly startTime: string | null;
  /** It leads a process group of its own: others of that group were started by it. */
  readonly isLeader: boolean;
  readonly value: string;
}

/** All living processes that have a variable, each with its value. One look at all of them; Linux only. */
export function listMarked(variable: string): MarkedProcess[] {
  if (process.platform !== 'linux') return [];
  return listPids().flatMap((pid) => {
    // Few have it: what else is to be known is read of them alone.
    const value = pid === process.pid ? null : readVariable(pid, variable);
    const row = value === null ? null : readProcRow(pid);
    if (value === null || row === null) return [];
    const { group, startTime } = row;
    return [{ pid, value, isLeader: group === pid, startTime: startTime?.toString() ?? null }];
  });
}

export function describeProcess(pid: number): NamedProcess {
  return { pid, command: readCommand(pid) };
}

/** Signals one process; false when it is gone or not ours to signal. */
function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** When a process was started, in clock ticks since boot: with the pid it names a process for ever. Linux only. */
export function readStartTime(pid: number): string | null {
  return readStat(pid)?.[19] ?? null;
}

/** Whether the process with this pid runs (a zombie does not) and, where it can be told, is still the same one. */
export function isRunning(pid: number, startTime: string | null): boolean {
  if (process.platform !== 'linux') return signalProcess(pid, 0);
  const stat = readStat(pid);
  if (stat === null || stat[0] === 'Z' || stat[0] === 'X') return false;
  return startTime === null || stat[19] === startTime;
}

/** The fields of /proc/PID/stat after the command name, which may itself hold spaces and brackets. */
function readStat(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function readProcRows(): ProcessRow[] {
  return listPids().flatMap((pid) => readProcRow(pid) ?? []);
}

function listPids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** @returns null when it is gone, or a zombie */
function readProcRow(pid: number): ProcessRow | null {
  const stat = readStat(pid);
  if (stat === null || stat[0] === 'Z' || stat[0] === 'X') return null;
  return {
    pid,
    parent: Number(stat[1]),
    group: Number(stat[2]),
    startTime: Number(stat[19]),
  };
}

function readPsRows(): ProcessRow[] {
  if (process.platform === 'win32') return [];
  try {
    const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], {
      encoding: 'utf8',
      timeout: 2000,
    });
    return text
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .map(([pid = 0, parent = 0]) => ({ pid, parent, group: null, startTime: null }));
  } catch {
    return [];
  }
}

function isYounger({ startTime }: ProcessRow, root: TreeRoot): boolean {
  if (startTime === null || root.startTime === undefined || root.startTime === null) return true;
  return startTime >= Number(root.startTime);
}

function isMarked(pid: number, marker: string | null): boolean {
  if (marker === null || process.platform !== 'linux') return false;
  return readEnvironment(pid).includes(`\0${marker}\0`);
}

function readVariable(pid: number, name: string): string | null {
  const environment = readEnvironment(pid);
  const at = environment.indexOf(`\0${name}=`);
  if (at === -1) return null;
  const start = at + name.length + 2;
  return environment.slice(start, environment.indexOf('\0', start));
}

/** Each variable stands between two zeros; empty when the process is not ours to read. */
function readEnvironment(pid: number): string {
  try {
    return `\0${readFileSync(`/proc/${String(pid)}/environ`, 'latin1')}`;
  } catch {
    return '';
  }
}

function readCommand(pid: number): string {
  try {
    const words = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').split('\0');
    return shorten(words.join(' ').trim());
  } catch {
    return '';
  }
}

/** Cut in the middle: the program stands at the front, the script and its arguments at the end. */
function shorten(command: string): string {
  if (command.length <= LONGEST_COMMAND) return command;
  return `${command.slice(0, KEPT_FRONT)}…${command.slice(command.length - LONGEST_COMMAND + KEPT_FRONT + 1)}`;
}

function readPidSpace(pid: number | 'self'): string | null {
  try {
    return readlinkSync(`/proc/${String(pid)}/ns/pid`);
  } catch {
    return null;
  }
}
