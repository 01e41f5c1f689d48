import { readdirSync, readFileSync } from 'node:fs';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const HARNESS = 'bench/run.mjs';
const PAGE = 'docs/benchmarks.md';
const WITHIN_MS = 90_000;

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

describe('the page of the benchmarks', () => {
  it('names the command that writes it', () => {
    expect(readFileSync(PAGE, 'utf8')).toContain('`npm run bench`');
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['bench']).toBe(`node ${HARNESS}`);
  });
});

function escape(text: string): string {
  return text.replace(/[()`]/g, '\\$&');
}
