import type { VerbArguments, VerbFlag, VerbForm } from './verb.ts';

/**
 * Reads a command line that is written plainly: known flags, spelled out, with values that cannot be
 * mistaken for flags. What is written in any other way is left to the parser library, which takes longer to
 * load than most commands take.
 *
 * @returns null when the words are not plain
 */
export function parsePlain(form: VerbForm, words: readonly string[]): VerbArguments | null {
  const separator = form.rest === undefined ? -1 : words.indexOf('--');
  const own = separator === -1 ? words : words.slice(0, separator);
  const read = readWords(form, own);
  if (read === null) return null;
  const { values, switches } = read;
  const list = (name: string): readonly string[] => values.get(name) ?? [];
  return {
    rest: separator === -1 ? [] : words.slice(separator + 1),
    list,
    text: (name) => list(name).at(-1),
    isOn: (name) => switches.has(name),
  };
}

interface PlainWords {
  readonly values: Map<string, string[]>;
  readonly switches: Set<string>;
}

function readWords(form: VerbForm, words: readonly string[]): PlainWords | null {
  const values = new Map<string, string[]>();
  const switches = new Set<string>();
  const left = [...words];
  const plain: string[] = [];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (!word.startsWith('-')) {
      plain.push(word);
      continue;
    }
    const flag = form.flags.find(
      ({ name, alias = name }) => word === `--${name}` || word === `-${alias}`,
    );
    if (flag === undefined) return null;
    if (flag.kind === 'switch') {
      switches.add(flag.name);
      continue;
    }
    if (!takeValue(flag, left.shift(), values)) return null;
  }
  return takePositionals(form, plain, values) ? { values, switches } : null;
}

function takeValue(
  flag: VerbFlag,
  value: string | undefined,
  values: PlainWords['values'],
): boolean {
  if (value === undefined || value === '' || value.startsWith('-')) return false;
  values.set(flag.name, [...(values.get(flag.name) ?? []), value]);
  return true;
}

function takePositionals(
  { words = [] }: VerbForm,
  given: readonly string[],
  values: PlainWords['values'],
): boolean {
  const needed = words.filter(({ isOptional }) => isOptional !== true).length;
  const isEndless = words.at(-1)?.isRepeated === true;
  if (given.length < needed || given.includes('')) return false;
  if (given.length > words.length && !isEndless) return false;
  for (const [index, { name, isRepeated }] of words.entries()) {
    const taken = given.slice(index, isRepeated === true ? undefined : index + 1);
    if (taken.length > 0) values.set(name, taken);
  }
  return true;
}
