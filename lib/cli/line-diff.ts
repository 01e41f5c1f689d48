/** One line of a change: kept, taken out or put in. */
export interface DiffLine {
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
}

const MOST_CELLS = 4_000_000;
const CONTEXT = 2;

/**
 * What changes from one text to another, line by line, with two lines around each change.
 *
 * Texts too long to be compared are shown as one that goes and one that comes.
 */
export function diffLines(before: string, after: string): DiffLine[] {
  const old = toLines(before);
  const young = toLines(after);
  const lines =
    old.length * young.length > MOST_CELLS
      ? [...mark('-', old), ...mark('+', young)]
      : compare(old, young);
  return lines.filter((_line, index) =>
    lines.slice(Math.max(index - CONTEXT, 0), index + CONTEXT + 1).some(({ kind }) => kind !== ' '),
  );
}

function toLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function mark(kind: DiffLine['kind'], lines: readonly string[]): DiffLine[] {
  return lines.map((text) => ({ kind, text }));
}

/** By the longest common subsequence. */
function compare(old: readonly string[], young: readonly string[]): DiffLine[] {
  const lengths = measure(old, young);
  const at = (row: number, column: number): number => lengths[row]?.[column] ?? 0;
  const lines: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < old.length && column < young.length) {
    if (old[row] === young[column]) {
      lines.push({ kind: ' ', text: old[row] ?? '' });
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) {
      lines.push({ kind: '-', text: old[row] ?? '' });
      row += 1;
    } else {
      lines.push({ kind: '+', text: young[column] ?? '' });
      column += 1;
    }
  }
  return [...lines, ...mark('-', old.slice(row)), ...mark('+', young.slice(column))];
}

/** The length of what is common to the rests of both, from each pair of lines on. */
function measure(old: readonly string[], young: readonly string[]): number[][] {
  const lengths = Array.from({ length: old.length + 1 }, () =>
    new Array<number>(young.length + 1).fill(0),
  );
  for (let row = old.length - 1; row >= 0; row--) {
    for (let column = young.length - 1; column >= 0; column--) {
      const below = lengths[row + 1];
      const here = lengths[row];
      if (here === undefined || below === undefined) continue;
      here[column] =
        old[row] === young[column]
          ? (below[column + 1] ?? 0) + 1
          : Math.max(below[column] ?? 0, here[column + 1] ?? 0);
    }
  }
  return lengths;
}
