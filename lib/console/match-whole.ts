import { runInThisContext } from 'node:vm';

/**
 * Tells whether `text` fits `pattern` as a whole.
 *
 * The pattern may be a user's, and one with nested repetition can take longer than the age of the universe; so it is
 * run with a time limit, which interrupts it. What takes longer than `limitMs` milliseconds does not match.
 */
export function isWholeMatch(pattern: RegExp, text: string, limitMs = 100): boolean {
  // Look-around in place of ^ and $, which mean something else under the flag m.
  const source = JSON.stringify(`(?<![^])(?:${pattern.source})(?![^])`);
  const flags = JSON.stringify(pattern.flags.replace(/[gy]/g, ''));
  try {
    return (
      runInThisContext(`new RegExp(${source}, ${flags}).test(${JSON.stringify(text)})`, {
        timeout: limitMs,
      }) === true
    );
  } catch {
    return false;
  }
}
