import type { VerbFlag, VerbForm, VerbGroup } from './verb.ts';
import { layOutRows, wrapText } from './wrap-text.ts';
import { writtenForm } from './written-form.ts';

/** What `--help` says of one command, within `width` columns. */
export function describeVerb(form: VerbForm | VerbGroup, width: number): string {
  if ('verbs' in form) return describeGroup(form, width);
  const words = form.words ?? [];
  return [
    writeUsage(form),
    wrapText(form.describe, width).join('\n'),
    ...(words.length === 0 ? [] : [describeWords(form, width)]),
    `Flags:\n${layOutRows([...form.flags, helpOf(form)].map(describeFlag), width)}`,
    ...(form.examples === undefined ? [] : [describeExamples(form.examples)]),
  ].join('\n\n');
}

function describeGroup(group: VerbGroup, width: number): string {
  const forms = Object.values(group.verbs).map((load) => load());
  return [
    `vigil ${writtenForm(group)} [flags]`,
    wrapText(group.describe, width).join('\n'),
    layOutRows(
      forms.map((form) => [`  ${writtenForm(withoutGroup(form, group))}`, form.describe] as const),
      width,
    ),
    layOutRows(
      [describeFlag({ ...HELP, describe: 'show this, or how one of them is written' })],
      width,
    ),
    ...(group.examples === undefined ? [] : [describeExamples(group.examples)]),
  ].join('\n\n');
}

function withoutGroup(form: VerbForm, { name }: VerbGroup): VerbForm {
  return { ...form, name: form.name.slice(name.length + 1) };
}

/** What stands after `--` comes last. */
function writeUsage(form: VerbForm): string {
  const [own = '', rest] = writtenForm(form).split(' [-- ');
  const flags = form.flags.length === 0 ? '' : ' [flags]';
  return `vigil ${own}${flags}${rest === undefined ? '' : ` [-- ${rest}`}`;
}

const HELP: VerbFlag = { name: 'help', alias: 'h', kind: 'switch', describe: 'show this' };

/** Where `-h` means something else, help is asked for in full. */
function helpOf({ flags }: VerbForm): VerbFlag {
  const { alias, ...rest } = HELP;
  return flags.some((flag) => flag.alias === alias) ? rest : HELP;
}

function describeWords({ words = [] }: VerbForm, width: number): string {
  return layOutRows(
    words.map(({ name, describe }) => [`  ${name}`, describe] as const),
    width,
  );
}

function describeFlag(flag: VerbFlag): readonly [string, string] {
  const short = flag.alias === undefined ? '    ' : `-${flag.alias}, `;
  const repeats = flag.kind === 'list' ? ' (repeatable)' : '';
  const value = flag.value ?? PLACEHOLDERS[flag.kind];
  return [`  ${short}--${flag.name}${value === '' ? '' : ` ${value}`}`, flag.describe + repeats];
}

const PLACEHOLDERS: Record<VerbFlag['kind'], string> = {
  text: 'TEXT',
  number: 'N',
  list: 'TEXT',
  switch: '',
};

function describeExamples(examples: readonly string[]): string {
  return `Examples:\n${examples.map((example) => `  ${example}`).join('\n')}`;
}
