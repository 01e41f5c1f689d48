/** A regular expression that takes time linear in the text, whatever it is. */
export interface LinearPattern {
  /** Whether it matches the entire text. */
  matches(text: string): boolean;
  /** What it costs in memory, and in time for each character at the worst. */
  readonly size: number;
}

/**
 * Compiles a regular expression of RE2.
 *
 * @throws Error whose message says what is wrong with it
 * @lazy
 */
export function compilePattern(source: string): LinearPattern {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on first use
  const { RE2JS } = require('re2js') as typeof import('re2js');
  const compiled = RE2JS.compile(source);
  return { matches: (text) => compiled.testExact(text), size: compiled.programSize() };
}
