import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const LONGEST_NAME = 64;

/** The name of a session that was given none: that of the package in the directory, else of the directory. */
export function defaultSessionName(directory: string): string {
  return fileSafe(packageName(directory) ?? '') || fileSafe(basename(directory)) || 'server';
}

function packageName(directory: string): string | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    const name = (content as { name?: unknown } | null)?.name;
    return typeof name === 'string' ? name.replace(/^@[^/]*\//, '') : undefined;
  } catch {
    return undefined; // a missing or broken package.json is no concern of ours
  }
}

function fileSafe(name: string): string {
  return name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, LONGEST_NAME)
    .replace(/[.-]+$/, '');
}
