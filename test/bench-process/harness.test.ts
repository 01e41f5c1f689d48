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

  it('have a section of their own on the page, which the rest of the page leaves alone', async () => {
    const program = `
      import { readSection, replaceSection } from './bench/peers/write-section.mjs';
      const old = '# Benchmarks\\n\\nfigures\\n';
      const first = replaceSection(old, '## Beside other supervisors\\n\\none\\n');
      const second = replaceSection(first, '## Beside other supervisors\\n\\ntwo\\n');
      const anew = replaceSection('# Benchmarks\\n\\nother figures\\n', readSection(second));
      console.log(JSON.stringify([first, second, anew, replaceSection(old, readSection(old))]));
    `;
    const child = startNode(['--input-type=module', '-e', program]);
    const [line] = await child.waitForLine(/^\[.*\]$/);
    const section = (name: string) => `\n## Beside other supervisors\n\n${name}\n`;
    expect(JSON.parse(line)).toEqual([
      `# Benchmarks\n\nfigures\n${section('one')}`,
      `# Benchmarks\n\nfigures\n${section('two')}`,
      `# Benchmarks\n\nother figures\n${section('two')}`,
      '# Benchmarks\n\nfigures\n',
    ]);
    await child.waitForExit();
  });
});

describe('the page of the benchmarks', () => {
  it('names the command that writes it', () => {
    expect(readFileSync(PAGE, 'utf8')).toContain('`npm run bench`');
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['bench']).toBe(`node ${HARNESS}`);
    expect(scripts['bench:peers']).toBe(`node ${HARNESS} --only peers`);
  });
});

function escape(text: string): string {
  return text.replace(/[()`]/g, '\\$&');
}
