import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const HEADING = '### At a glance';
const PLACE = /(<!-- from docs\/benchmarks\.md -->\n)[^]*?(<!-- to here -->)/;
const NAMES = { vigil: '**Vigil**', 'vigil standby': '**Vigil**, with `standby`' };
/** Contenders that measure Vigil itself against what it stands on, not something that one could run instead. */
const ONLY_FOR_RATIOS = new Set(['bare node', 'vigil unwatched']);
const OWN_FIRST = (name) => (Object.hasOwn(NAMES, name) ? 0 : 1);

/** What the front page shows of the comparison: the title of a column, the line, and which of those with that title. */
const COLUMNS = [
  ['killed → serving, ms', 'SIGKILL → serving, ms', 0],
  ['refused meanwhile', '… connections refused', 1],
  ['stuck loop → serving, ms', 'blocked loop → serving, ms', 0],
  ['requests failed at a reload', '… requests failed', 1],
  ['requests/s, new connections', 'requests/s, new connections', 0],
];

/** Brings the table of README.md up to the figures of docs/benchmarks.md. */
export async function updateReadme(root) {
  const [page, readme] = await Promise.all(
    ['docs/benchmarks.md', 'README.md'].map((name) => readFile(join(root, name), 'utf8')),
  );
  await writeFile(join(root, 'README.md'), putTable(readme, page));
}

/** @returns the text of the front page with the table that the page of the benchmarks gives */
export function putTable(readme, page) {
  const table = makeTable(page);
  return table === null
    ? readme
    : readme.replace(PLACE, (_text, from, to) => `${from}\n${table}\n\n${to}`);
}

function makeTable(page) {
  const [, section] = page.split(`${HEADING}\n`);
  if (section === undefined) return null;
  const [[, ...names], ...lines] = section
    .split(/\n(?=### |\| figure )/, 1)[0]
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| ---'))
    .map(readCells);
  const contenders = names
    .map((name, index) => ({ name, index }))
    .filter(({ name }) => !ONLY_FOR_RATIOS.has(name))
    .sort((a, b) => OWN_FIRST(a.name) - OWN_FIRST(b.name));
  const rows = contenders.map(({ name, index }) => [
    NAMES[name] ?? name,
    ...COLUMNS.map(([, title, nth]) => findLine(lines, title, nth)?.[index + 1] ?? '–'),
  ]);
  const head = ['', ...COLUMNS.map(([title]) => title)];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function findLine(lines, title, nth) {
  return lines.filter(([own]) => own === title)[nth];
}

function readCells(line) {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}
