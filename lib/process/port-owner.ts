import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { describeProcess, type NamedProcess } from './process-tree.ts';

/** As /proc/net/tcp writes it. */
const LISTENING = '0A';

/** The processes that listen on a TCP port, as far as they may be looked into; this one does not count. Linux only. @lazy */
export function findPortOwners(port: number): NamedProcess[] {
  const sockets = new Set([...listSockets('tcp', port), ...listSockets('tcp6', port)]);
  if (sockets.size === 0) return [];
  return readFolder('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .filter((pid) => holdsAny(pid, sockets))
    .map(describeProcess);
}

/** What the sockets that listen on the port are called among the open files of a process. */
function listSockets(table: 'tcp' | 'tcp6', port: number): string[] {
  return readText(`/proc/net/${table}`)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === LISTENING && portOf(local) === port)
    .map((fields) => `socket:[${fields[9] ?? ''}]`);
}

function portOf(address: string): number {
  return Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16);
}

function holdsAny(pid: number, sockets: ReadonlySet<string>): boolean {
  const folder = `/proc/${String(pid)}/fd`;
  return readFolder(folder).some((fd) => sockets.has(readLink(`${folder}/${fd}`)));
}

function readFolder(path: string): string[] {
  return orElse(() => readdirSync(path), []);
}

function readText(path: string): string {
  return orElse(() => readFileSync(path, 'latin1'), '');
}

function readLink(path: string): string {
  return orElse(() => readlinkSync(path), '');
}

/** Processes and their files vanish while they are looked at, and those of others are closed to us. */
function orElse<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
