import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The TypeScript files below a folder of the project, as paths from its root. */
export function listSources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith('.ts'))
    .sort();
}
