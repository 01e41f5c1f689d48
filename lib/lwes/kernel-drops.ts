import { readdirSync, readlinkSync } from 'node:fs';
import { readUdpTable, type UdpTableRow } from './udp-table.ts';

const WRAPS_AT = 2 ** 32;

/** Counts what the kernel drops before one socket, by the number that the kernel has for the socket. */
export class KernelDrops {
  readonly #family: 'udp4' | 'udp6';
  readonly #inode: string;
  #last = 0;
  #total = 0;

  private constructor(family: 'udp4' | 'udp6', inode: string) {
    this.#family = family;
    this.#inode = inode;
  }

  /**
   * Finds the socket that `bind` binds, which it must have done when it returns.
   *
   * @returns null where the system does not tell, or does not tell which
   */
  static watch(family: 'udp4' | 'udp6', bind: () => number): KernelDrops | null {
    const before = new Set(readUdpTable(family)?.map(({ inode }) => inode));
    const port = bind();
    const added = (readUdpTable(family) ?? []).filter(
      (row) => row.port === port && !before.has(row.inode),
    );
    const [only, ...others] = added.length > 1 ? chooseOwn(added) : added;
    return only === undefined || others.length > 0 ? null : new KernelDrops(family, only.inode);
  }

  /** How many datagrams were dropped so far, and how many bytes wait to be read. */
  read(): { readonly drops: number; readonly waitingBytes: number } {
    const row = readUdpTable(this.#family)?.find(({ inode }) => inode === this.#inode);
    if (row === undefined) return { drops: this.#total, waitingBytes: 0 };
    this.#total += (row.drops - this.#last + WRAPS_AT) % WRAPS_AT;
    this.#last = row.drops;
    return { drops: this.#total, waitingBytes: row.waitingBytes };
  }
}

/** Another process may have bound the same address at the same moment. */
function chooseOwn(rows: readonly UdpTableRow[]): readonly UdpTableRow[] {
  const links = new Set(
    readdirSync('/proc/self/fd').map((name) => {
      try {
        return readlinkSync(`/proc/self/fd/${name}`);
      } catch {
        return '';
      }
    }),
  );
  return rows.filter(({ inode }) => links.has(`socket:[${inode}]`));
}
