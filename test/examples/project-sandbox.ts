import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeTempDirectory } from '../support/temp-directory.ts';

const ROOT = resolve(__dirname, '../..');

/** The file behind the command `vigil`. */
export const VIGIL = join(ROOT, 'dist/cli/main.js');

/**
 * Makes a project folder as npm would leave it after installing Vigil and the named packages.
 *
 * @param example - folder of examples/ to copy into it
 */
export async function makeProject(packages: readonly string[], example?: string): Promise<string> {
  const directory = await makeTempDirectory();
  if (example !== undefined) {
    const source = join(ROOT, 'examples', example);
    await cp(source, directory, { recursive: true, filter: (path) => !path.includes('.vigil') });
  }
  await installPackages(directory, packages);
  return directory;
}

/** Puts Vigil, its command and the packages into a folder's node_modules; those that are there stay. */
export async function installPackages(
  directory: string,
  packages: readonly string[],
): Promise<void> {
  const modules = join(directory, 'node_modules');
  await mkdir(join(modules, '.bin'), { recursive: true });
  await link(ROOT, join(modules, 'server-vigil'));
  for (const name of packages) await link(join(ROOT, 'node_modules', name), join(modules, name));
  const command = join(modules, '.bin/vigil');
  await writeFile(command, `#!/bin/sh\nexec "${process.execPath}" "${VIGIL}" "$@"\n`);
  await chmod(command, 0o755);
}

async function link(target: string, path: string): Promise<void> {
  if (!existsSync(path)) await symlink(target, path);
}
