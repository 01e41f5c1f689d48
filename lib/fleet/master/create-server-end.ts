import type { Death } from '../../process/child-events.ts';
import type { ServerEnd } from './fleet-event.ts';

const MOST_WORDS = 10;

/** What is told of the end of a server's process. @param readLastWords - asked unless the end was wanted */
export function createServerEnd(
  { code, signal, cause, evidence, expected, uptimeMs }: Death,
  readLastWords: () => readonly string[],
): ServerEnd {
  const lastWords = expected ? [] : readLastWords().slice(-MOST_WORDS);
  return { code, signal, cause, evidence, expected, uptimeMs: Math.round(uptimeMs), lastWords };
}
