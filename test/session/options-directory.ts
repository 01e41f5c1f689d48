import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** A working directory with the given `session.config.json`: text as it is, anything else as JSON. */
export function makeDirectory(config?: unknown): string {
  const directory = mkdtempSync(join(tmpdir(), 'vigil-options-'));
  made.push(directory);
  if (config !== undefined) {
    const text = typeof config === 'string' ? config : JSON.stringify(config, null, 2);
    writeFileSync(join(directory, 'session.config.json'), text);
  }
  return directory;
}

export function removeDirectories(): void {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
}
