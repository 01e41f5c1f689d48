import { chmod, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  isIgnoredName,
  listChanges,
  scanTrees,
  type TreeScan,
} from '../../lib/session/monitor/tree-scan.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

async function scan(root: string, ...names: string[]): Promise<TreeScan> {
  const paths = names.map((name) => join(root, name));
  return scanTrees({ paths, ignored: [join(root, 'src/state')], onFolder: () => undefined });
}

function below(root: string, paths: Iterable<string>): string[] {
  return [...paths].map((path) => path.slice(root.length + 1)).sort();
}

describe('a scan of watched paths', () => {
  it('finds every file but those of node_modules, .git, the state directory and editors', async () => {
    const root = await makeTempDirectory({
      'server.js': '',
      'other.js': '',
      'src/a.js': '',
      'src/deep/b.js': '',
      'src/deep/.b.js.swp': '',
      'src/deep/b.js~': '',
      'src/node_modules/x/index.js': '',
      'src/.git/HEAD': '',
      'src/state/events.jsonl': '',
    });
    await symlink(root, join(root, 'src/loop'));
    const found = await scan(root, 'server.js', 'src');
    expect(below(root, found.files.keys())).toEqual(['server.js', 'src/a.js', 'src/deep/b.js']);
    expect(below(root, found.folders)).toEqual(['', 'src', 'src/deep']);
    expect(found).toMatchObject({ missing: [], isPartial: false });
  });

  it('looks for a missing path in the nearest folder that is there', async () => {
    const root = await makeTempDirectory({ 'src/a.js': '' });
    const found = await scan(root, 'src/to/come', 'later.js');
    expect(below(root, found.missing)).toEqual(['later.js', 'src/to/come']);
    expect(below(root, found.folders)).toEqual(['', 'src']);
    expect((await scan(root, 'src')).missing).toEqual([]);
  });

  it('names each folder before it reads it', async () => {
    const root = await makeTempDirectory({ 'src/deep/b.js': '' });
    const late = join(root, 'src/deep/late.js');
    const writes: Promise<void>[] = [];
    const found = await scanTrees({
      paths: [join(root, 'src')],
      ignored: [],
      onFolder: (folder) => {
        if (folder === dirname(late)) writes.push(writeFile(late, ''));
      },
    });
    await Promise.all(writes);
    expect(below(root, found.folders)).toEqual(['src', 'src/deep']);
  });
});

describe('what has changed between two scans', () => {
  const changes: [string, (file: string) => Promise<unknown>, string[]][] = [
    ['a file with other content', (file) => writeFile(file, 'other'), ['src/a.js']],
    ['a file that is gone', (file) => rm(file), ['src/a.js']],
    ['a new file', (file) => writeFile(`${file}on`, ''), ['src/a.json']],
    ['a file under another name', (file) => rename(file, `${file}x`), ['src/a.js', 'src/a.jsx']],
    ['a file that was touched', (file) => utimes(file, 1, 1), ['src/a.js']],
    ['not its mode alone', (file) => chmod(file, 0o600), []],
    ['not an empty folder', (file) => mkdir(join(dirname(file), 'new')), []],
  ];

  it.each(changes)('is %s', async (_what, change, expected) => {
    const root = await makeTempDirectory({ 'src/a.js': 'one', 'src/b.js': 'two' });
    const before = await scan(root, 'src');
    await change(join(root, 'src/a.js'));
    expect(below(root, listChanges(before, await scan(root, 'src')))).toEqual(expected);
  });
});

describe('a name', () => {
  it.each(['node_modules', '.git', 'a.js~', '.a.js.swp', '.#a.js', '4913'])(
    'like %s says nothing of the sources',
    (name) => {
      expect(isIgnoredName(name)).toBe(true);
    },
  );

  it.each(['a.js', '.env', 'git', 'swp'])('like %s does', (name) => {
    expect(isIgnoredName(name)).toBe(false);
  });
});
