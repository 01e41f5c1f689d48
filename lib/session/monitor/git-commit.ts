import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The commit that is checked out around a folder, read without starting git; null outside a checkout. */
export function readGitCommit(folder: string): string | null {
  const git = findGitFolder(folder);
  if (git === null) return null;
  try {
    const head = readFileSync(join(git, 'HEAD'), 'utf8').trim();
    if (!head.startsWith('ref: ')) return head;
    const ref = head.slice('ref: '.length);
    const loose = join(git, ref);
    return existsSync(loose) ? readFileSync(loose, 'utf8').trim() : findPacked(git, ref);
  } catch {
    return null;
  }
}

function findGitFolder(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git', 'HEAD'))) return join(at, '.git');
    if (dirname(at) === at) return null;
  }
}

function findPacked(git: string, ref: string): string | null {
  const packed = readFileSync(join(git, 'packed-refs'), 'utf8');
  const line = packed.split('\n').find((text) => text.endsWith(` ${ref}`));
  return line?.split(' ', 1)[0] ?? null;
}
