import { join } from 'node:path';
import { readGitCommit } from '../../lib/session/monitor/git-commit.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const COMMIT = '521ee6a9c0a1b2c3d4e5f60718293a4b5c6d7e8f';

describe('the commit of a checkout', () => {
  it.each<[string, Readonly<Record<string, string>>, string | null]>([
    [
      'a branch',
      { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${COMMIT}\n` },
      COMMIT,
    ],
    [
      'a branch that is packed',
      {
        '.git/HEAD': 'ref: refs/heads/main\n',
        '.git/packed-refs': `# pack-refs with: peeled\n${'0'.repeat(40)} refs/heads/other\n${COMMIT} refs/heads/main\n`,
      },
      COMMIT,
    ],
    ['no branch at all', { '.git/HEAD': `${COMMIT}\n` }, COMMIT],
    [
      'a branch without a commit',
      { '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': '' },
      null,
    ],
    ['a branch of which nothing is known', { '.git/HEAD': 'ref: refs/heads/main\n' }, null],
  ])('is found from a folder below, for %s', async (_case, files, commit) => {
    const directory = await makeTempDirectory({ ...files, 'deep/below/server.js': '' });
    expect(readGitCommit(join(directory, 'deep/below'))).toBe(commit);
  });

  it('is null outside of one', async () => {
    expect(readGitCommit(await makeTempDirectory())).toBeNull();
  });
});
