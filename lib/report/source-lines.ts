import type { SourceLine } from './crash-report.ts';

const LINES_AROUND = 3;
const MAX_LINE_LENGTH = 160;

/** Where in a source text: both count from 1. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** The code around a place. Long lines (a minified file) are cut around its column. */
export function linesAround(source: string, place: SourcePlace): SourceLine[] {
  const all = source.split(/\r?\n/);
  if (place.line < 1 || place.line > all.length) return [];
  const first = Math.max(1, place.line - LINES_AROUND);
  const last = Math.min(all.length, place.line + LINES_AROUND);
  return all.slice(first - 1, last).map((text, index) => ({
    line: first + index,
    text: cutAround(text, first + index === place.line ? place.column : 1),
  }));
}

/** The code at a place, free of its indentation; null when the source has no such line. */
export function codeAt(source: string, place: SourcePlace): string | null {
  const text = source.split(/\r?\n/)[place.line - 1];
  return text === undefined ? null : cutAround(text, place.column).trim().replace(/\s+/g, ' ');
}

function cutAround(text: string, column: number): string {
  if (text.length <= MAX_LINE_LENGTH) return text;
  const start = Math.max(
    0,
    Math.min(column - 1 - MAX_LINE_LENGTH / 2, text.length - MAX_LINE_LENGTH),
  );
  return text.slice(start, start + MAX_LINE_LENGTH);
}
