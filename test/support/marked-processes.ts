import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { waitUntil } from './wait-until.ts';

/** In the environment of everything a test file starts, so that orphans are found as well. */
export const TEST_MARKER = { VIGIL_TEST_ID: randomUUID() };

export interface MarkedProcess {
  readonly pid: number;
  readonly command: string;
}

/** The live processes that this test file has started, directly or not; dead ones that nobody reaped do not count. */
export function listMarkedProcesses(): MarkedProcess[] {
  const needle = `VIGIL_TEST_ID=${TEST_MARKER.VIGIL_TEST_ID}\0`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readProcFile(pid, 'environ').includes(needle))
    .map((pid) => ({
      pid: Number(pid),
      command: readProcFile(pid, 'cmdline').replaceAll('\0', ' ').trim(),
    }));
}

/** The pids of a process's children at this moment. */
export function childrenOf(pid: number): number[] {
  return readProcFile(String(pid), `task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** Whether a process is there and not merely waiting to be reaped. */
export function isAlive(pid: number): boolean {
  const stat = readProcFile(String(pid), 'stat');
  // The name in parentheses may hold anything; the state follows the last of them.
  return stat !== '' && !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
}

/** Resolves once none is left: one that was starting another while they were listed leaves that one behind. */
export async function killMarkedProcesses(): Promise<void> {
  let found: MarkedProcess[] = [];
  const kill = (): true | undefined => {
    found = listMarkedProcesses();
    for (const { pid } of found) killIfThere(pid);
    return found.length === 0 ? true : undefined;
  };
  await waitUntil(kill, () => `not to be killed: ${JSON.stringify(found)}`);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

function readProcFile(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}
