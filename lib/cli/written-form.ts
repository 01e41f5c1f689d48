import type { VerbForm, VerbGroup } from './verb.ts';

/** How a command is written, in one line, without its flags. */
export function writtenForm(form: VerbForm | VerbGroup): string {
  const { name, words = [], rest } = form;
  if ('verbs' in form) return `${name} <command>`;
  const written = words.map((word) => {
    const shown = word.isRepeated === true ? `${word.name}…` : word.name;
    return word.isOptional === true ? `[${shown}]` : `<${shown}>`;
  });
  return [name, ...written, ...(rest === undefined ? [] : [`[-- ${rest}]`])].join(' ');
}
