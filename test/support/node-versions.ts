import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import versions from '../../scripts/node-versions.json';
import { itWhere } from './it-where.ts';

const FOLDER = resolve(__dirname, '../../temp/node-versions/node_modules');

export interface NodeVersion {
  /** Such as `24.21.0`. */
  readonly version: string;
  readonly binary: string;
  /** Declares a test that is skipped, with the reason, where this version is not installed. */
  readonly it: jest.It;
}

/** The versions of Node beside the one that runs the tests; `scripts/install-node-versions.mjs` installs them. */
export const nodeVersions: readonly NodeVersion[] = Object.entries(versions).map(
  ([major, version]) => {
    const binary = join(FOLDER, `node${major}`, 'bin/node');
    const missing = `Node ${major} is not installed: node scripts/install-node-versions.mjs`;
    return { version, binary, it: itWhere(existsSync(binary), missing) };
  },
);
