import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { FoundPackage } from './server-boot.ts';

const NAME = 'server-vigil';
const OWN_FILE = join(__dirname, '..', 'index.js');

/** Where a file finds this package by its name; null when it finds none, or another copy. */
export function findOwnPackage(entry: string): FoundPackage | null {
  const { resolve } = createRequire(entry);
  try {
    const file = resolve(NAME);
    const folders = resolve.paths(NAME);
    return file === OWN_FILE && folders !== null ? { name: NAME, folders, file } : null;
  } catch {
    return null;
  }
}
