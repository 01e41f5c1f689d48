import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { killMarkedProcesses } from './marked-processes.ts';

const made: string[] = [];

afterEach(removeTempDirectories);

/** Makes a directory, with these files in it, that is removed after the test. Its path is short enough for a unix socket. */
export async function makeTempDirectory(
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'vigil-')));
  made.push(directory);
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return directory;
}

async function removeTempDirectories(): Promise<void> {
  await killMarkedProcesses();
  for (const directory of made.splice(0)) {
    // What was killed a moment ago may still be writing.
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}
