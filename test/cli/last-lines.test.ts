import { linkSync } from 'node:fs';
import { join } from 'node:path';
import { readLastLines } from '../../lib/cli/last-lines.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

async function write(files: Record<string, string>): Promise<string> {
  return join(await makeTempDirectory(files), 'log');
}

describe('readLastLines', () => {
  it.each([
    ['', 3, []],
    ['one', 3, ['one']],
    ['one\n', 3, ['one']],
    ['one\ntwo\nthree\n', 2, ['two', 'three']],
    ['one\ntwo\nthree', 2, ['two', 'three']],
    ['one\n\n\n', 2, ['', '']],
    ['one\ntwo\n', 0, []],
  ])('of %j, %i: %j', async (content, count, lines) => {
    const file = await write({ log: content });
    expect(readLastLines(file, count, 0)).toMatchObject({ lines, end: Buffer.byteLength(content) });
  });

  it('goes on in the rotated files as far as it must', async () => {
    const file = await write({ log: 'e\nf\n', 'log.1': 'c\nd\n', 'log.2': 'a\nb\n' });
    expect(readLastLines(file, 3, 5).lines).toEqual(['d', 'e', 'f']);
    expect(readLastLines(file, 9, 5).lines).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(readLastLines(file, 9, 1).lines).toEqual(['c', 'd', 'e', 'f']);
  });

  it('reads none twice that is moved aside meanwhile', async () => {
    const file = await write({ log: 'c\n', 'log.2': 'b\n', 'log.3': 'a\n' });
    linkSync(file, `${file}.1`);
    expect(readLastLines(file, 9, 2).lines).toEqual(['a', 'b', 'c']);
  });

  it('is empty when there is no file', async () => {
    expect(readLastLines(await write({}), 5, 2)).toEqual({
      lines: [],
      end: 0,
      inode: null,
    });
  });

  it('keeps characters whole that lie across two reads', async () => {
    const long = 'é'.repeat(40_000);
    const file = await write({ log: `${long}\n${long}x\n` });
    expect(readLastLines(file, 1, 0).lines).toEqual([`${long}x`]);
    expect(readLastLines(file, 2, 0).lines).toEqual([long, `${long}x`]);
  });
});
