import type { ListedRow } from '../fleet/client/listed-server.ts';
import { type Output, toPrintable } from './output.ts';

interface Column {
  readonly title: string;
  readonly isNumber?: true;
  /** What is left out first where there is too little room; the smallest stays longest. */
  readonly spare?: number;
  readonly text: (row: ListedRow) => string;
}

const MEGABYTE = 1e6;
const MINUTE_MS = 60_000;
const NOTHING = '-';

const COLUMNS: readonly Column[] = [
  { title: 'serverId', text: ({ id }) => toPrintable(id) },
  { title: 'serverType', text: ({ type }) => toPrintable(type) },
  { title: 'pid', isNumber: true, text: ({ pid }) => (pid === null ? NOTHING : String(pid)) },
  { title: 'rss(M)', isNumber: true, text: ({ rssBytes }) => fixed(rssBytes, MEGABYTE) },
  {
    title: 'heapTotal(M)',
    isNumber: true,
    spare: 2,
    text: ({ heapTotalMb, pid }) => fixed(pid === null ? null : heapTotalMb, 1),
  },
  {
    title: 'heapUsed(M)',
    isNumber: true,
    spare: 1,
    text: ({ heapUsedMb, pid }) => fixed(pid === null ? null : heapUsedMb, 1),
  },
  { title: 'uptime(m)', isNumber: true, text: ({ uptimeMs }) => fixed(uptimeMs, MINUTE_MS) },
  { title: 'state', text: ({ state }) => state },
];

/** The table of a fleet, and below it what is to be known of single servers. */
export function describeServers(
  rows: readonly ListedRow[],
  output: Pick<Output, 'paint' | 'width' | 'isTerminal'>,
): string[] {
  const columns = output.isTerminal ? fitting(rows, output.width) : COLUMNS;
  const widths = columns.map((column) => widthOf(column, rows));
  const write = (texts: readonly string[]): string =>
    texts
      .map((text, at) => {
        const width = widths[at] ?? 0;
        return columns[at]?.isNumber === true ? text.padStart(width) : text.padEnd(width);
      })
      .join(' ')
      .trimEnd();
  return [
    output.paint(write(columns.map(({ title }) => title)), 'bold'),
    ...rows.map((row) => {
      const line = write(columns.map(({ text }) => text(row)));
      return row.state === 'up' ? line : output.paint(line, 'yellow');
    }),
    ...rows.flatMap(({ id, remark }) =>
      remark === null ? [] : [toPrintable(`${id}: ${remark.replace(/\s+/g, ' ')}`)],
    ),
  ];
}

function fitting(rows: readonly ListedRow[], width: number): readonly Column[] {
  const fits = (columns: readonly Column[]): boolean =>
    columns.reduce((sum, column) => sum + widthOf(column, rows) + 1, -1) <= width;
  const candidates = [2, 1, 0].map((most) => COLUMNS.filter(({ spare = 0 }) => spare <= most));
  return candidates.find(fits) ?? candidates.at(-1) ?? COLUMNS;
}

function widthOf({ title, text }: Column, rows: readonly ListedRow[]): number {
  return Math.max(title.length, ...rows.map((row) => text(row).length));
}

function fixed(value: number | null, unit: number): string {
  return value === null ? NOTHING : (value / unit).toFixed(2);
}
