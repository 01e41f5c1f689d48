import { fstatSync, readFileSync } from 'node:fs';
import { openSocket, type SocketHandle } from '../../process/listener/bind-socket.ts';
import type { OfferedSocket } from '../../process/listener/offered-socket.ts';

/** What a service manager has started this process with, and what of it cannot be used. */
export interface InheritedSockets {
  readonly offers: readonly OfferedSocket[];
  readonly warnings: readonly string[];
}

const VARIABLES = ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES'];
const FIRST_FD = 3;
/** More than any service passes; a number beyond is a mistake. */
const MOST_FDS = 256;
/** Of a unix socket that listens, in /proc/net/unix. */
const ACCEPTS = 0x10000;

/**
 * Takes the listening sockets that a service manager passes to this process, as systemd does:
 * `LISTEN_PID` is its pid, the descriptors are `LISTEN_FDS` many from 3 on.
 *
 * The variables are removed from `environment`, so that no server process takes them for its own.
 *
 * @param ports - a descriptor whose name is one of these serves that port
 */
export function takeInheritedSockets(
  environment: NodeJS.ProcessEnv,
  ports: Readonly<Record<string, number>>,
): InheritedSockets {
  const { LISTEN_PID, LISTEN_FDS = '', LISTEN_FDNAMES = '' } = environment;
  if (LISTEN_PID !== String(process.pid)) return { offers: [], warnings: [] };
  for (const name of VARIABLES) Reflect.deleteProperty(environment, name);
  const count = Number(LISTEN_FDS);
  if (!Number.isInteger(count) || count < 1 || count > MOST_FDS) {
    const found = JSON.stringify(LISTEN_FDS.slice(0, 64));
    return { offers: [], warnings: [`LISTEN_FDS is ${found}, no number of sockets: ignored`] };
  }
  const names = LISTEN_FDNAMES.split(':');
  const taken = Array.from({ length: count }, (_none, at) =>
    takeSocket(FIRST_FD + at, ports[names[at] ?? ''] ?? null),
  );
  return {
    offers: taken.filter((one) => typeof one !== 'string'),
    warnings: taken.filter((one) => typeof one === 'string'),
  };
}

interface EndFinder {
  getpeername?(out: object): number;
}

/** The socket, or in words why it is none that a server can listen on. */
function takeSocket(fd: number, namedPort: number | null): OfferedSocket | string {
  const { errno, handle } = openSocket(fd);
  if (handle === null)
    return `descriptor ${String(fd)} of LISTEN_FDS is no socket to listen on (error ${String(errno)}): ignored`;
  const place = handle.getsockname === undefined ? findPath(fd) : findAddress(handle);
  if (place === null)
    return `descriptor ${String(fd)} of LISTEN_FDS is no listening socket: ignored`;
  return { handle, ...place, namedPort };
}

type Place = Pick<OfferedSocket, 'address' | 'port'>;

function findAddress(handle: SocketHandle): Place | null {
  const isConnected = (handle as EndFinder).getpeername?.({}) === 0;
  const out: { address?: string; port?: number } = {};
  if (isConnected || handle.getsockname?.(out) !== 0) return null;
  const { address = '', port = 0 } = out;
  return { address, port };
}

/** The path of a unix socket, which only the kernel's table tells; where there is none, it stays unknown. */
function findPath(fd: number): Place | null {
  const unknown = { address: null, port: -1 };
  try {
    const inode = String(fstatSync(fd).ino);
    const rows = readFileSync('/proc/self/net/unix', 'latin1').split('\n');
    const row = rows.map((line) => line.trim().split(/\s+/)).find((fields) => fields[6] === inode);
    if (row === undefined) return unknown;
    if ((Number.parseInt(row[3] ?? '', 16) & ACCEPTS) === 0) return null;
    const path = row.slice(7).join(' ');
    return path === '' ? unknown : { address: path.replace(/^@/, '\0'), port: -1 };
  } catch {
    return unknown;
  }
}
