import { EsfError, type EsfPlace } from './esf-error.ts';

/** A word, a string, a sign or the end of an event specification. */
export interface EsfToken extends EsfPlace {
  readonly kind: 'word' | 'string' | 'sign' | 'end';
  /** As written; of a string what is between the quotation marks. */
  readonly text: string;
  /** Comments above it. */
  readonly above: readonly string[];
  /** The comment behind it, on its line. */
  behind: string | null;
}

// Each is matched at its place only, so that no character is looked at twice.
const BLANK = /[^\S\n]+/y;
const COMMENT = /#([^\n]*)/y;
const WORD = /[A-Za-z0-9_:.+-]+/y;
const STRING = /"((?:[^"\\\n]|\\.)*)"/y;
const SIGNS = '{}()[]=;';

/** Takes an event specification apart. */
export function readEsfTokens(text: string, file: string): readonly EsfToken[] {
  const tokens: EsfToken[] = [];
  let above: string[] = [];
  let [at, line, lineStart] = [0, 1, 0];

  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const push = (kind: EsfToken['kind'], shown: string): void => {
    tokens.push({ kind, text: shown, line, column: at - lineStart + 1, above, behind: null });
    above = [];
  };
  const keepComment = (comment: string): void => {
    const last = tokens.at(-1);
    if (last?.line === line) last.behind = comment;
    else above.push(comment);
  };
  /** How many characters the next thing has; a line that ends is none of them. */
  const step = (): number => {
    const blank = match(BLANK);
    if (blank !== null) return blank[0].length;
    const comment = match(COMMENT);
    if (comment !== null) {
      keepComment((comment[1] ?? '').trim());
      return comment[0].length;
    }
    const [kind, found] = nextToken(match, text.charAt(at));
    if (found === null) {
      const shown = JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0));
      throw new EsfError(
        file,
        { line, column: at - lineStart + 1 },
        `${shown} has no meaning here`,
      );
    }
    push(kind, found[1] ?? found[0]);
    return found[0].length;
  };

  while (at < text.length) {
    if (text.charAt(at) === '\n') {
      at++;
      line++;
      lineStart = at;
    } else at += step();
  }
  push('end', '');
  return tokens;
}

function nextToken(
  match: (pattern: RegExp) => RegExpExecArray | null,
  character: string,
): readonly [EsfToken['kind'], readonly [string, string?] | null] {
  if (SIGNS.includes(character)) return ['sign', [character]];
  const word = match(WORD);
  if (word !== null) return ['word', [word[0]]];
  const quoted = match(STRING);
  return ['string', quoted && [quoted[0], quoted[1] ?? '']];
}
