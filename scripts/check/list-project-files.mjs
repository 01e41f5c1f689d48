import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

/** The files of the project as git sees them: tracked, or new and not ignored. */
export async function listProjectFiles() {
  const { stdout } = await promisify(execFile)(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  return stdout.split('\0').filter((name) => name !== '' && existsSync(name));
}
