import { runInThisContext } from 'node:vm';
import { VigilError } from '../errors.ts';

// Wall time, and the loop stands still meanwhile: long enough for a busy machine, short enough for the heartbeats.
const LIMIT_MS = 1_000;

/**
 * Tells whether `text` fits `pattern` as a whole.
 *
 * The pattern may be a user's, and one with nested repetition can take longer than the age of the universe; so it is
 * run with a time limit, which interrupts it.
 *
 * @throws ERR_COMMAND_ARGUMENT when it takes longer than a second
 */
export function isWholeMatch(pattern: RegExp, text: string): boolean {
  // Look-around in place of ^ and $, which mean something else under the flag m.
  const source = JSON.stringify(`(?<![^])(?:${pattern.source})(?![^])`);
  const flags = JSON.stringify(pattern.flags.replace(/[gy]/g, ''));
  const code = `new RegExp(${source}, ${flags}).test(${JSON.stringify(text)})`;
  try {
    return runInThisContext(code, { timeout: LIMIT_MS }) === true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    const told = `the argument pattern ${String(pattern)} did not decide within ${LIMIT_MS / 1000} s; the command was not run`;
    throw new VigilError('ERR_COMMAND_ARGUMENT', told, { cause });
  }
}
