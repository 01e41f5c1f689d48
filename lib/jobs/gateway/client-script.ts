import { readFileSync } from 'node:fs';
import { join } from 'node:path';

let script: string | null | undefined;

/** The client as one module for browsers, as the build makes it; null where it was not built. */
export function readClientScript(): string | null {
  if (script === undefined) script = read();
  return script;
}

function read(): string | null {
  try {
    return readFileSync(join(__dirname, '..', 'browser', 'client.js'), 'utf8');
  } catch {
    return null;
  }
}
