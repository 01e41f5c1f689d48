import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HistoryFile } from '../../lib/console/history-file.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

async function place(): Promise<string> {
  return join(await makeTempDirectory(), 'history');
}

describe('the history of a console', () => {
  it('is kept for this user alone, the newest line first', async () => {
    const path = await place();
    const first = await HistoryFile.open(path);
    first.add('status');
    first.add('reload');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await HistoryFile.open(path)).lines).toEqual(['reload', 'status']);
  });

  it('is written by several consoles at once', async () => {
    const path = await place();
    const [one, two] = [await HistoryFile.open(path), await HistoryFile.open(path)];
    one.add('one');
    two.add('two');
    one.add('three');
    expect((await HistoryFile.open(path)).lines).toEqual(['three', 'two', 'one']);
  });

  it.each(['', '   ', ' secret', 'two\nlines', 'a\0b'])('does not keep %j', async (line) => {
    const path = await place();
    (await HistoryFile.open(path)).add(line);
    expect(existsSync(path)).toBe(false);
  });

  it('is cut to its last 500 lines', async () => {
    const path = await place();
    writeFileSync(path, Array.from({ length: 600 }, (_, n) => `line ${n}\n`).join(''));
    const { lines } = await HistoryFile.open(path);
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([500, 'line 599', 'line 100']);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(501);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('of one endless line is forgotten', async () => {
    const path = await place();
    writeFileSync(path, `${'x'.repeat(400_000)}\nstatus\n`);
    expect((await HistoryFile.open(path)).lines).toEqual(['status']);
    expect(readFileSync(path, 'utf8')).toBe('status\n');
  });

  it('that cannot be read or written is empty', async () => {
    const history = await HistoryFile.open('/proc/no/such/place');
    history.add('status');
    expect(history.lines).toEqual([]);
    expect((await HistoryFile.open(await makeTempDirectory())).lines).toEqual([]);
  });
});
