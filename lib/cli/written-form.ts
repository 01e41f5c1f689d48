import type { VerbForm } from './verb.ts';

/** How a command is written, in one line, without its flags. */
export function writtenForm({ name, words = [], rest }: VerbForm): string {
  const written = words.map((word) =>
    word.isOptional === true ? `[${word.name}]` : `<${word.name}>`,
  );
  return [name, ...written, ...(rest === undefined ? [] : [`[-- ${rest}]`])].join(' ');
}
