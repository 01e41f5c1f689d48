import { readdirSync, readFileSync } from 'node:fs';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const HARNESS = 'bench/run.mjs';
const PAGE = 'docs/benchmarks.md';
// A third of it is enough, unless many others want the processor.
const WITHIN_MS = 180_000;

afterEach(async () => {
  await assertNoLeaks();
});

describe('the benchmarks', () => {
  it(
    'measure every contender of a figure in one round, and leave nothing behind',
    async () => {
      const directory = await makeTempDirectory();
      const bench = startNode([HARNESS, '--quick', '--only', 'start', '--rounds', '1'], {
        env: { TMPDIR: directory },
      });
      expect(await bench.waitForExit(WITHIN_MS)).toEqual({ code: 0, signal: null });
      const names = ['bare node', 'plain cluster primary', '`vigil run`', '`launch()`'];
      const text = bench.output.text;
      for (const name of names)
        expect(text).toMatch(new RegExp(`\\| ${escape(name)} \\| \\d+ \\|`));
      expect(text).toContain('Start to first 200: `vigil run`');
      expect(readdirSync(directory)).toEqual([]);
    },
    WITHIN_MS,
  );

  it('refuse a figure that they do not have', async () => {
    const bench = startNode([HARNESS, '--only', 'speed']);
    expect((await bench.waitForExit()).code).toBe(1);
    expect(bench.output.text).toContain('no figure speed');
  });
});

describe('supervisors side by side', () => {
  it(
    'are measured in the scenarios and with the contenders that are asked for, and leave nothing behind',
    async () => {
      const directory = await makeTempDirectory();
      const only = ['--only', 'peers', '--contenders', 'vigil', '--scenarios', 'kill,stop,rates'];
      const bench = startNode([HARNESS, '--quick', ...only], { env: { TMPDIR: directory } });
      expect(await bench.waitForExit(WITHIN_MS)).toEqual({ code: 0, signal: null });
      const text = bench.output.text;
      expect(text).toContain('## Beside other supervisors');
      expect(text).toContain('|  | bare node | plain cluster | vigil |');
      expect(text).toMatch(
        /\| Most connections refused at a SIGKILL: vigil \| 0 \| at most 0 \| met \|/,
      );
      expect(text).toMatch(/\| stop: completed of 20 \| – \| \d+ \| 20 \|/);
      expect(text).toMatch(/\| requests\/s, kept connections \|( [\d,]+ \|){3}/);
      expect(text).not.toContain('### Hang');
      expect(readdirSync(directory)).toEqual([]);
    },
    WITHIN_MS,
  );

  it.each([
    ['contender', '--contenders', 'nobody'],
    ['scenario', '--scenarios', 'flood'],
  ])('refuse a %s that is not known', async (what, option, name) => {
    const bench = startNode([HARNESS, '--only', 'peers', option, name]);
    expect((await bench.waitForExit()).code).toBe(1);
    expect(bench.output.text).toContain(`no ${what} ${name}`);
  });
});

describe('what was measured', () => {
  it('is kept by figure, and the page is made of the last of each', async () => {
    const directory = await makeTempDirectory();
    const program = `
      import { Kept } from './bench/support/kept.mjs';
      import { writePage } from './bench/support/page.mjs';
      const kept = new Kept(process.argv[1]);
      const measure = (title, measured) => ({
        name: title, version: '1', machine: { node: 'v20', date: '2026-01-01', machine: 'one' }, rounds: 3, load: [0, 1],
        figure: { title, about: 'about', head: ['a'], rows: [['b']], goals: [{ what: title, measured, unit: '', atMost: 2 }] },
      });
      await kept.put('one', measure('One', 5));
      await kept.put('one', measure('One', 1));
      await kept.put('two', measure('Two', NaN));
      const { one, two } = await kept.getAll();
      console.log(JSON.stringify(writePage([one, two], { text: '## Beside' })));
    `;
    const child = startNode(['--input-type=module', '-e', program, directory]);
    const [line] = await child.waitForLine(/^".*"$/);
    const page = JSON.parse(line) as string;
    expect(page).toContain('| One | 1 | at most 2 | met |');
    expect(page).toContain('| Two | never | at most 2 | **behind** |');
    expect(page.trim().endsWith('## Beside')).toBe(true);
    expect(readdirSync(directory).sort()).toEqual(['one.json', 'two.json']);
    await child.waitForExit();
  });

  it('is not kept of a part of a figure', async () => {
    const bench = startNode([HARNESS, '--only', 'start', '--quick', '--keep']);
    expect((await bench.waitForExit()).code).toBe(1);
    expect(bench.output.text).toContain('only what was measured in full is kept');
  });
});

describe('the page of the benchmarks', () => {
  it('names the command that writes it', () => {
    expect(readFileSync(PAGE, 'utf8')).toContain('`npm run bench`');
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['bench']).toBe(`node scripts/prepared.mjs ${HARNESS}`);
    expect(scripts['bench:peers']).toBe(`node scripts/prepared.mjs ${HARNESS} --only peers --keep`);
  });
});

function escape(text: string): string {
  return text.replace(/[()`]/g, '\\$&');
}
