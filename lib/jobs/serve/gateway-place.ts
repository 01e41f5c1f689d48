import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, readLockHolder } from '../../session/monitor/session-lock.ts';
import { writeFileWhole } from '../../util/durable-file.ts';

const FILE = 'gateway.json';

/** Writes down where the gateway of this process listens, for commands that are given the state directory. */
export async function writeGatewayPlace(stateDirectory: string, url: string): Promise<void> {
  const text = `${JSON.stringify({ pid: process.pid, url })}\n`;
  await writeFileWhole(join(stateDirectory, FILE), text);
}

export function removeGatewayPlace(stateDirectory: string): void {
  rmSync(join(stateDirectory, FILE), { force: true });
}

/** Where the gateway of the process that has this state directory listens; null when there is none. @lazy */
export function readGatewayPlace(stateDirectory: string): string | null {
  const holder = readLockHolder(stateDirectory);
  if (holder === null || !isAlive(holder)) return null;
  try {
    const text = readFileSync(join(stateDirectory, FILE), 'utf8');
    const { pid, url } = JSON.parse(text) as { readonly pid?: unknown; readonly url?: unknown };
    // One that was killed has left its own.
    return pid === holder.pid && typeof url === 'string' ? url : null;
  } catch {
    return null;
  }
}
