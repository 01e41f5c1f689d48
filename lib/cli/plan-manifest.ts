import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPlainObject } from '../config/plain-object.ts';
import type { PlannedFile } from './planned-files.ts';

const SCRIPT = 'vigil';

/** The package.json with a script that starts the session; null when there is none, or none that can be read. */
export function planManifest(directory: string, command: string): PlannedFile | null {
  const path = join(directory, 'package.json');
  try {
    const before = readFileSync(path, 'utf8');
    const manifest: unknown = JSON.parse(before.replace(/^\uFEFF/, ''));
    if (!isPlainObject(manifest)) return null;
    const scripts = isPlainObject(manifest['scripts']) ? manifest['scripts'] : {};
    const isSame = scripts[SCRIPT] === command;
    const after = { ...manifest, scripts: { ...scripts, [SCRIPT]: command } };
    return {
      path,
      what: `npm script "${SCRIPT}"`,
      text: isSame ? before : formatLike(before, after),
      isReplacing: SCRIPT in scripts,
    };
  } catch {
    return null;
  }
}

function formatLike(before: string, value: unknown): string {
  const indent = /^[\t ]+(?=")/m.exec(before)?.[0] ?? 2;
  const end = before.endsWith('\n') ? '\n' : '';
  const text = `${JSON.stringify(value, null, indent)}${end}`;
  return before.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text;
}
