import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from './wait-until.ts';

/** A control group below this process's own whose processes share a little memory. */
export interface MemoryGroup {
  readonly path: string;
  /** Once its processes are gone. */
  remove(): Promise<void>;
}

/** Null where this process may make no such group. */
export function makeMemoryGroup(limitBytes: number): MemoryGroup | null {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').split('\n');
  const older = lines.find((line) => /^\d+:memory:/.test(line))?.replace(/^\d+:memory:/, '');
  const newer = lines.find((line) => line.startsWith('0::'))?.slice('0::'.length) ?? '/';
  const name = `vigil-test-${String(process.pid)}`;
  const path =
    older === undefined
      ? join('/sys/fs/cgroup', newer, name)
      : join('/sys/fs/cgroup/memory', older, name);
  try {
    mkdirSync(path);
  } catch {
    return null;
  }
  try {
    const limit = older === undefined ? 'memory.max' : 'memory.limit_in_bytes';
    writeFileSync(join(path, limit), String(limitBytes));
  } catch {
    rmdirSync(path);
    return null;
  }
  return { path, remove: () => removeGroup(path) };
}

async function removeGroup(path: string): Promise<void> {
  const isGone = (): true | undefined => {
    try {
      rmdirSync(path);
      return true;
    } catch {
      return undefined;
    }
  };
  await waitUntil(isGone, () => `${path} cannot be removed`);
}
