import { existsSync, readFileSync } from 'node:fs';

const PAGE = 'docs/explanation/threat-model.md';

/** The lines of its tables, each with the tests it names. */
const lines = readFileSync(PAGE, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| what |'))
  .map((line) => {
    const cells = line.slice(1, -1).split(' | ');
    const tests = (cells[3] ?? '').trim().split('<br>').map(parseTest);
    return { what: `${cells[0] ?? ''}: ${cells[1] ?? ''}`.trim(), cells, tests };
  });

function parseTest(text: string): { readonly file: string; readonly title: string } {
  const [, file = '', title = ''] = /^`(test\/\S+\.test\.ts)`: (.+)$/.exec(text) ?? [];
  return { file, title };
}

/** Whether a test, or a group of tests, bears exactly that title. */
function isThere({ file, title }: { readonly file: string; readonly title: string }): boolean {
  if (title === '' || !existsSync(file)) return false;
  const text = readFileSync(file, 'utf8');
  return [`'${title.replaceAll("'", "\\'")}',`, `"${title}",`, `\`${title}\`,`].some((written) =>
    text.includes(written),
  );
}

describe('the threat model', () => {
  it('has four cells in each line: what, by whom, what is in the way, and what shows it', () => {
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.filter(({ cells }) => cells.length !== 4).map(({ what }) => what)).toEqual([]);
  });

  it.each(lines.map(({ what, tests }) => [what, tests] as const))(
    'names tests that there are for %s',
    (_what, tests) => {
      expect(tests.filter((test) => !isThere(test))).toEqual([]);
    },
  );
});
