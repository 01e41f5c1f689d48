import { readFileSync } from 'node:fs';

/** The memory a process has in use at this moment; null where it cannot be told. Linux only. @lazy */
export function readResidentBytes(pid: number): number | null {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'latin1');
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}
