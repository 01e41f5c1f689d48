/** What a process of a fleet was started with: its `key=value` words, and those that came another way. */
export type StartWords = Readonly<Record<string, unknown>>;

/**
 * Reads the words after the main file. A value that is a number and has no `.` becomes one; words without `=` are
 * not ours.
 */
export function parseStartWords(words: readonly string[]): StartWords {
  const pairs = words.flatMap((word) => {
    const at = word.indexOf('=');
    return at <= 0 ? [] : [[word.slice(0, at), readValue(word.slice(at + 1))] as const];
  });
  return Object.fromEntries(pairs);
}

function readValue(text: string): string | number {
  if (text.trim() === '' || text.includes('.')) return text;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

/** Keys that the master keeps from the command line, which everybody on the machine can read. */
export function parseHiddenWords(text: string | undefined): StartWords {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as StartWords)
      : {};
  } catch {
    return {};
  }
}
