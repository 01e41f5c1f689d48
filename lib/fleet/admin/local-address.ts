import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, readLockHolder } from '../../session/monitor/session-lock.ts';
import { writeFileWhole } from '../../util/durable-file.ts';
import { isPlainRecord } from '../protocol/plain-record.ts';

/** Where a master listens, whatever its configuration says by now. */
export interface LocalAddress {
  readonly host: string;
  readonly port: number;
}

/** Writes it where commands on this machine find it. The directory is there. */
export async function writeLocalAddress(
  stateDirectory: string,
  address: LocalAddress,
): Promise<void> {
  await writeFileWhole(fileOf(stateDirectory), `${JSON.stringify(address)}\n`);
}

/** @returns null when no master of this directory runs, or it has not said where it listens */
export function readLocalAddress(stateDirectory: string): LocalAddress | null {
  const holder = readLockHolder(stateDirectory);
  if (holder === null || !isAlive(holder)) return null;
  try {
    const value: unknown = JSON.parse(readFileSync(fileOf(stateDirectory), 'utf8'));
    if (!isPlainRecord(value)) return null;
    const { host, port } = value;
    return typeof host === 'string' && typeof port === 'number' ? { host, port } : null;
  } catch {
    return null;
  }
}

/** For a master that ends. */
export function removeLocalAddress(stateDirectory: string): void {
  rmSync(fileOf(stateDirectory), { force: true });
}

function fileOf(stateDirectory: string): string {
  return join(stateDirectory, 'address.json');
}
