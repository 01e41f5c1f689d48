/** One thing that is wrong with a configuration, and where. */
export interface ConfigProblem {
  /** Who said it: a file, a flag of the command line or a command, or an object given in code. */
  readonly origin: ConfigOrigin;
  /** The file's name as it was given, else the flag, else `config`. */
  readonly file: string;
  /** Counted from 1; null where there is no text. */
  readonly line: number | null;
  readonly column: number | null;
  /** Dotted path of the key; empty for the whole. */
  readonly path: string;
  readonly expected: string;
  /** The value, shortened; secrets are hidden. */
  readonly found: string;
  readonly suggestion?: string;
  /** All of it as one line. */
  readonly message: string;
}

export type ConfigOrigin = 'file' | 'override' | 'code';

/** No more than that are told. */
export const MOST_PROBLEMS = 100;

/** One more than are told, so that it shows that there are more. A file may have a hundred thousand. */
export function firstProblems<T>(items: readonly T[]): T[] {
  return items.slice(0, MOST_PROBLEMS + 1);
}

/** One step into a configuration: a key, or the index of a list. */
export type ConfigPath = readonly (string | number)[];

/** Completes a problem with its line of text. */
export function createProblem(parts: Omit<ConfigProblem, 'message'>): ConfigProblem {
  const place =
    parts.line === null ? parts.file : `${parts.file}:${parts.line}:${parts.column ?? 1}`;
  const subject = parts.path === '' ? '' : `${parts.path}: `;
  const hint = parts.suggestion === undefined ? '' : ` (did you mean "${parts.suggestion}"?)`;
  return {
    ...parts,
    message: `${place}: ${subject}expected ${parts.expected}, found ${parts.found}${hint}`,
  };
}

/** `polling.window.of`, `mail.to[0]`, `ports["my port"]`. */
export function formatPath(path: ConfigPath): string {
  return path.map(formatSegment).join('').replace(/^\./, '');
}

function formatSegment(segment: string | number): string {
  if (typeof segment === 'number') return `[${segment}]`;
  return /^[\w$-]{1,60}$/.test(segment) ? `.${segment}` : `[${quote(segment, 60)}]`;
}

/** JSON text of a string without anything a terminal would act upon, at most `maxLength` characters of it. */
export function quote(text: string, maxLength: number): string {
  const shown = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
