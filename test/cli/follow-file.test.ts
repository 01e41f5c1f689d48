import { appendFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { followFile } from '../../lib/cli/follow-file.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

async function startFollowing(files: Record<string, string> = {}): Promise<{
  readonly file: string;
  readonly next: (length: number) => Promise<string>;
  readonly end: () => Promise<void>;
}> {
  const file = join(await makeTempDirectory(files), 'log');
  const clock = new ManualClock();
  const abort = new AbortController();
  const chunks = followFile(file, { end: 0, inode: null }, { clock, signal: abort.signal });
  let done: Promise<unknown> = Promise.resolve();
  return {
    file,
    next: async (length) => {
      let text = '';
      while (text.length < length) {
        const chunk = chunks.next();
        done = chunk;
        let isHere = false;
        void chunk.then(() => (isHere = true));
        while (!isHere) {
          await new Promise((resolve) => setImmediate(resolve));
          clock.advance(200);
        }
        text += ((await chunk).value as Buffer).toString();
      }
      return text;
    },
    end: async () => {
      abort.abort();
      await done;
      expect((await chunks.next()).done).toBe(true);
    },
  };
}

/** Moves the file aside the way the log file does, three older ones being kept, and begins it anew. */
async function rotate(file: string, text: string): Promise<void> {
  await rm(`${file}.3`, { force: true });
  for (const [from, to] of [
    [`${file}.2`, `${file}.3`],
    [`${file}.1`, `${file}.2`],
    [file, `${file}.1`],
  ] as const) {
    await rename(from, to).catch(() => undefined);
  }
  await writeFile(file, text);
}

describe('followFile', () => {
  it('reads what is appended, from where it was told', async () => {
    const { file, next, end } = await startFollowing({ log: 'one\n' });
    expect(await next(4)).toBe('one\n');
    await appendFile(file, 'two\n');
    expect(await next(4)).toBe('two\n');
    await end();
  });

  it('waits for a file that is not there yet', async () => {
    const { file, next, end } = await startFollowing();
    const text = next(4);
    await writeFile(file, 'one\n');
    expect(await text).toBe('one\n');
    await end();
  });

  it('reads the rest of a file that was moved aside, then its successor', async () => {
    const { file, next, end } = await startFollowing({ log: 'one\n' });
    expect(await next(4)).toBe('one\n');
    await appendFile(file, 'end\n');
    await rename(file, `${file}.1`);
    await writeFile(file, 'new\n');
    expect(await next(8)).toBe('end\nnew\n');
    await end();
  });

  it('reads every file that came after it when more than one was moved aside meanwhile', async () => {
    const { file, next, end } = await startFollowing({ log: 'one\n' });
    expect(await next(4)).toBe('one\n');
    await appendFile(file, 'end\n');
    for (const text of ['two\n', 'new\n']) await rotate(file, text);
    expect(await next(12)).toBe('end\ntwo\nnew\n');
    await end();
  });

  it('goes on with the oldest that is left when its own is kept no more', async () => {
    const { file, next, end } = await startFollowing({ log: '0\n' });
    expect(await next(2)).toBe('0\n');
    await utimes(file, 1, 1);
    for (const text of ['1\n', '2\n', '3\n', '4\n', '5\n']) await rotate(file, text);
    expect(await next(8)).toBe('2\n3\n4\n5\n');
    await end();
  });

  it('does not read older files when its own was removed by somebody else', async () => {
    const { file, next, end } = await startFollowing({ 'log.1': 'old\n', log: 'one\n' });
    await utimes(`${file}.1`, 1, 1);
    expect(await next(4)).toBe('one\n');
    await rm(file);
    await writeFile(file, 'new\n');
    expect(await next(4)).toBe('new\n');
    await end();
  });

  it('begins again with a file that was cut short', async () => {
    const { file, next, end } = await startFollowing({ log: 'a long line\n' });
    expect(await next(12)).toBe('a long line\n');
    await truncate(file, 0);
    await appendFile(file, 'b\n');
    expect(await next(2)).toBe('b\n');
    await end();
  });
});
