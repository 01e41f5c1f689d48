import { statfsSync, statSync } from 'node:fs';
import { findPortOwners } from '../../../process/port-owner.ts';
import { isPortUsable } from '../../../process/port-check.ts';
import type { PreflightFacts, PreflightOrder, TakenPort } from '../agent-protocol.ts';

/** What this host has of all that servers need; judged by the one who asked. */
export async function examineHost({ base, main, ports }: PreflightOrder): Promise<PreflightFacts> {
  return {
    node: process.versions.node,
    platform: process.platform,
    hasBase: statSync(base, { throwIfNoEntry: false })?.isDirectory() === true,
    hasMain: statSync(main, { throwIfNoEntry: false })?.isFile() === true,
    freeBytes: readFree(base),
    takenPorts: await listTaken(ports),
  };
}

async function listTaken(ports: readonly number[]): Promise<TakenPort[]> {
  const taken: TakenPort[] = [];
  for (const port of ports) {
    if (await isPortUsable(port)) continue;
    const [owner] = findPortOwners(port);
    taken.push({
      port,
      owner: owner === undefined ? null : `${owner.command} (pid ${String(owner.pid)})`,
    });
  }
  return taken;
}

function readFree(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return null;
  }
}
