import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, parse, relative } from 'node:path';

/**
 * The folder whose files count as the user's own: where the session was started when the entry lies
 * inside it, else the nearest folder above the entry that has a package.json.
 */
export function findProjectDirectory(entry: string, baseDirectory: string): string {
  const file = toReal(entry);
  const base = toReal(baseDirectory);
  if (!relative(base, file).startsWith('..')) return base;
  const { root } = parse(file);
  for (let folder = dirname(file); folder !== root; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  return dirname(file);
}

function toReal(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
