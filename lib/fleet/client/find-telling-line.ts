/** Of an error that nobody caught: the version of Node, its stack and its properties say less than its message. */
const SAYS_LITTLE = /^(?:Node\.js v\d|\s|[{}[\]]|$)/;

/** The line among the last words of a process that says most about its end; null when there is none. */
export function findTellingLine(lastWords: readonly string[]): string | null {
  return lastWords.findLast((line) => !SAYS_LITTLE.test(line)) ?? lastWords.at(-1) ?? null;
}
