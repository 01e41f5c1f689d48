import type { Death } from '../../process/child-events.ts';
import type { ServerEnd } from './fleet-event.ts';

// The stack of an error that nobody caught has ten lines; its message is above them.
const MOST_WORDS = 20;

/** What is told of the end of a server's process. @param readLastWords - asked unless the end was wanted */
export function createServerEnd(
  { code, signal, cause, evidence, expected, uptimeMs }: Death,
  readLastWords: () => readonly string[],
): ServerEnd {
  const lastWords = expected ? [] : readLastWords().slice(-MOST_WORDS);
  return { code, signal, cause, evidence, expected, uptimeMs: Math.round(uptimeMs), lastWords };
}
