import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SpawnLogFiles } from '../../lib/spawner/spawn-log-files.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

async function start(limits: { maxBytes?: number; keep?: number } = {}) {
  const directory = join(await makeTempDirectory(), 'logs');
  const files = new SpawnLogFiles({ directory, maxBytes: 100, keep: 2, ...limits });
  const write = (name: string, text: string, ageSeconds = 0): void => {
    const file = join(directory, name);
    writeFileSync(file, text);
    const at = Date.now() / 1000 - ageSeconds;
    utimesSync(file, at, at);
  };
  return { directory, files, write, names: () => readdirSync(directory).sort() };
}

describe('the files of what servers write', () => {
  it('show the last lines of the errors, else of the output, and nothing of a server that wrote nothing', async () => {
    const { files, write } = await start();
    expect(files.tail('a', 3)).toEqual([]);
    write('a.out.log', 'one\ntwo\nthree\nfour\n');
    write('a.err.log', '');
    expect(files.tail('a', 3)).toEqual(['two', 'three', 'four']);
    write('a.err.log', 'bad\n');
    expect(files.tail('a', 3)).toEqual(['bad']);
  });

  it('show no line whose beginning is not read any more', async () => {
    const { files, write } = await start();
    write('a.out.log', `${'x'.repeat(50_000)}\nlast\n`);
    expect(files.tail('a', 3)).toEqual(['last']);
  });

  it('are begun anew at their limit, the former part kept once, and not before', async () => {
    const { directory, files, write, names } = await start();
    const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
    write('a.out.log', 'o'.repeat(99));
    write('a.err.log', 'e'.repeat(100));
    await files.limit('a');
    expect(names()).toEqual(['a.err.log', 'a.err.log.1', 'a.out.log']);
    expect([read('a.err.log'), read('a.err.log.1')]).toEqual(['', 'e'.repeat(100)]);
    write('a.err.log', 'f'.repeat(200));
    await files.limit('a');
    expect([read('a.err.log'), read('a.err.log.1')]).toEqual(['', 'f'.repeat(200)]);
    await files.limit('nobody');
    expect(names()).toHaveLength(3);
  });

  it('of the oldest servers are removed; those of the living and of strangers stay', async () => {
    const { directory, files, write, names } = await start();
    write('old.out.log', '', 500);
    write('old.err.log.1', '', 500);
    // The newest of its files counts.
    write('busy.out.log', '', 900);
    write('busy.err.log', '', 100);
    write('new.out.log', '', 50);
    write('alive.out.log', '', 1000);
    write('notes.txt', '', 1000);
    await files.sweep(() => new Set(['alive']));
    expect(names()).toEqual([
      ...['alive.out.log', 'busy.err.log', 'busy.out.log', 'new.out.log', 'notes.txt'],
    ]);
    expect(existsSync(join(directory, 'old.err.log.1'))).toBe(false);
  });

  it('are searched once more, and no oftener, when servers end during a search', async () => {
    const { files, write, names } = await start({ keep: 0 });
    let searches = 0;
    const sweep = (): Promise<void> =>
      files.sweep(() => {
        searches += 1;
        return new Set();
      });
    write('a.out.log', '');
    const first = sweep();
    write('b.out.log', '');
    await Promise.all([first, ...Array.from({ length: 10 }, sweep)]);
    expect([searches, names()]).toEqual([2, []]);
  });

  it('are all removed where none are to be kept', async () => {
    const { files, write, names } = await start({ keep: 0 });
    write('a.out.log', '');
    write('a.out.log.1', '');
    write('b.err.log', '');
    await files.sweep(() => new Set());
    expect(names()).toEqual([]);
  });
});
