import { VigilError } from '../errors.ts';

/**
 * Refuses at the call what would otherwise fail much later, where nobody knows who gave it.
 *
 * @param what - names the argument in the text of the error
 * @throws ERR_ARGUMENT
 */
export function checkFunction(value: unknown, what: string): void {
  if (typeof value === 'function') return;
  const found = value === null ? 'null' : typeof value;
  throw new VigilError('ERR_ARGUMENT', `${what} must be a function, not ${found}`);
}
