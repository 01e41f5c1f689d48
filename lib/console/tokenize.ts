import { VigilError } from '../errors.ts';

/** The part of a line that completion works on. */
export interface PartialLine {
  /** The finished words before the one at the cursor. */
  readonly words: readonly string[];
  /** The word at the cursor without its quotes; empty after a space. */
  readonly current: string;
  /** The same word as typed. */
  readonly currentText: string;
}

/**
 * Splits a command line into words.
 *
 * Blanks separate words. Quotes of either kind group; a backslash before a blank, a quote or a backslash takes it
 * literally (not between single quotes) and is an ordinary character everywhere else.
 *
 * @throws ERR_COMMAND_ARGUMENT when a quote is not closed
 */
export function tokenize(line: string): string[] {
  const { words, openQuote } = scan(line);
  if (openQuote !== undefined) {
    throw new VigilError(
      'ERR_COMMAND_ARGUMENT',
      `the quote ${openQuote.sign} at column ${openQuote.column} is not closed`,
    );
  }
  return words.map(({ text }) => text);
}

/** Splits a line that is still being typed; an open quote is no error here. */
export function tokenizePartial(line: string): PartialLine {
  const { words } = scan(line);
  const last = words.at(-1);
  if (last === undefined || last.end < line.length) {
    return { words: words.map(({ text }) => text), current: '', currentText: '' };
  }
  return {
    words: words.slice(0, -1).map(({ text }) => text),
    current: last.text,
    currentText: line.slice(last.start),
  };
}

interface Word {
  text: string;
  readonly start: number;
  end: number;
}

interface Scan {
  readonly words: Word[];
  openQuote?: { readonly sign: string; readonly column: number } | undefined;
}

const ESCAPABLE = /["'\\\s]/;

function scan(line: string): Scan {
  const result: Scan = { words: [] };
  let word: Word | undefined;
  for (let index = 0; index < line.length; index++) {
    const sign = line.charAt(index);
    if (result.openQuote === undefined && isBlank(sign)) {
      word = undefined;
      continue;
    }
    if (word === undefined) {
      word = { text: '', start: index, end: index };
      result.words.push(word);
    }
    index += takeSign(line, index, { word, result });
    word.end = index + 1;
  }
  return result;
}

/** Adds what stands at `index` to the word; returns how many signs beyond this one were used. */
function takeSign(
  line: string,
  index: number,
  { word, result }: { word: Word; result: Scan },
): number {
  const sign = line.charAt(index);
  const quote = result.openQuote?.sign;
  if (sign === quote) {
    result.openQuote = undefined;
    return 0;
  }
  if (quote === undefined && (sign === '"' || sign === "'")) {
    result.openQuote = { sign, column: index + 1 };
    return 0;
  }
  if (sign === '\\' && quote !== "'" && ESCAPABLE.test(line.charAt(index + 1))) {
    word.text += line.charAt(index + 1);
    return 1;
  }
  word.text += sign;
  return 0;
}

function isBlank(sign: string): boolean {
  return sign === ' ' || sign === '\t' || sign === '\n' || sign === '\r';
}
