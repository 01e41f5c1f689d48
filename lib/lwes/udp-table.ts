import { readFileSync } from 'node:fs';

/** One UDP socket of this machine, as the kernel tells it. */
export interface UdpTableRow {
  readonly port: number;
  readonly inode: string;
  /** Bytes that wait to be read, with what the kernel needs to keep them. */
  readonly waitingBytes: number;
  /** Datagrams that came and found no room; counted modulo 2^32. */
  readonly drops: number;
}

/**
 * Reads the UDP sockets of this machine.
 *
 * @returns null where the system keeps no such table
 */
export function readUdpTable(family: 'udp4' | 'udp6'): readonly UdpTableRow[] | null {
  try {
    return parseUdpTable(readFileSync(TABLES[family], 'latin1'));
  } catch {
    return null;
  }
}

const TABLES = { udp4: '/proc/net/udp', udp6: '/proc/net/udp6' } as const;

// sl, local address, remote address, st, queues, timer, retransmits, uid, timeout, inode, ref, pointer, drops
const COLUMN = { local: 1, queues: 4, inode: 9, drops: 12 } as const;

export function parseUdpTable(text: string): readonly UdpTableRow[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const columns = line.trim().split(/\s+/);
      const inode = columns[COLUMN.inode];
      const drops = columns[COLUMN.drops];
      if (inode === undefined || drops === undefined) return [];
      return {
        inode,
        port: parseInt(columns[COLUMN.local]?.split(':').at(-1) ?? '', 16),
        waitingBytes: parseInt(columns[COLUMN.queues]?.split(':').at(-1) ?? '', 16),
        drops: Number(drops),
      };
    });
}
