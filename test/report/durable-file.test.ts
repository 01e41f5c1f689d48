import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appendLine, writeFileWhole } from '../../lib/util/durable-file.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

describe('writeFileWhole', () => {
  it('replaces a file and leaves nothing else behind', async () => {
    const directory = await makeTempDirectory({ 'a.json': 'old' });
    await writeFileWhole(join(directory, 'a.json'), 'new');
    expect(await readFile(join(directory, 'a.json'), 'utf8')).toBe('new');
    expect(await readdir(directory)).toEqual(['a.json']);
    expect((await stat(join(directory, 'a.json'))).mode & 0o777).toBe(0o600);
  });

  it('keeps the old file when the new one cannot take its place', async () => {
    const directory = await makeTempDirectory({ 'a.json/inside': 'old' });
    await expect(writeFileWhole(join(directory, 'a.json'), 'new')).rejects.toThrow();
    expect(await readdir(directory)).toEqual(['a.json']);
  });
});

describe('appendLine', () => {
  it('closes a torn last line first', async () => {
    const directory = await makeTempDirectory({ log: 'whole\ntorn' });
    await appendLine(join(directory, 'log'), 'next');
    await appendLine(join(directory, 'log'), 'last');
    expect(await readFile(join(directory, 'log'), 'utf8')).toBe('whole\ntorn\nnext\nlast\n');
    await writeFile(join(directory, 'log'), '');
    await appendLine(join(directory, 'log'), 'first');
    expect(await readFile(join(directory, 'log'), 'utf8')).toBe('first\n');
  });
});
