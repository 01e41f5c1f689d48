import { loadForm, loadForms, loadFromGroup } from './verb-table.ts';
import type { Completes, VerbFlag, VerbForm, VerbGroup, VerbWord } from './verb.ts';

/** What may stand where the cursor is. */
export interface Proposal {
  readonly value: string;
  readonly describe: string;
  /** Whether the word goes on after it, as after `key=`. */
  readonly isOpen?: boolean;
}

/** Proposals, or what the shell itself knows best. */
export type Proposals = readonly Proposal[] | 'files' | 'directories';

/** Values that are looked up at this moment; `words` are those before the one at the cursor. */
export type LookUp = (what: LookedUp, query: ValueQuery) => Promise<readonly Proposal[]>;
export type LookedUp = Exclude<Completes, readonly string[] | 'files' | 'directories'>;

export interface ValueQuery {
  /** The words of the command before the one at the cursor. */
  readonly words: readonly string[];
  /** The value as far as it is typed. */
  readonly typed: string;
}

/**
 * What may follow in a command line that is being typed.
 *
 * @param words - those after `vigil`; the last one is at the cursor, empty when nothing of it is typed
 */
export async function completeWords(words: readonly string[], lookUp: LookUp): Promise<Proposals> {
  const typed = words.at(-1) ?? '';
  const [name, ...before] = words.slice(0, -1);
  if (name === undefined) return begin(typed, proposeVerbs(typed));
  if (name === 'help') return begin(typed, before.length === 0 ? proposeVerbs('') : []);
  const form = loadForm(name);
  if (form === undefined) return [];
  if (!('verbs' in form)) return completeCommand(form, { words: before, typed }, lookUp);
  const [inner, ...after] = before;
  if (inner === undefined) return begin(typed, proposeInner(form));
  const verb = loadFromGroup(form, inner);
  return verb === undefined ? [] : completeCommand(verb, { words: after, typed }, lookUp);
}

function completeCommand(form: VerbForm, query: ValueQuery, lookUp: LookUp): Promise<Proposals> {
  if (form.rest !== undefined && query.words.includes('--')) return Promise.resolve('files');
  return completeForm(form, query, lookUp);
}

async function completeForm(form: VerbForm, query: ValueQuery, lookUp: LookUp): Promise<Proposals> {
  const { words, typed } = query;
  const awaited = findAwaited(form, words);
  if (awaited !== undefined) return completeValue(awaited.completes, query, lookUp);
  const [, flagName, value] = /^--([^=]+)=(.*)$/s.exec(typed) ?? [];
  if (flagName !== undefined && value !== undefined) {
    const flag = form.flags.find(({ name, kind }) => name === flagName && kind !== 'switch');
    const proposals = await completeValue(flag?.completes, { words, typed: value }, lookUp);
    if (typeof proposals === 'string') return proposals;
    return proposals.map((one) => ({ ...one, value: `--${flagName}=${one.value}` }));
  }
  if (typed.startsWith('-')) return begin(typed, proposeFlags(form, words));
  const word = findWord(form, countPlain(form, words));
  if (word === undefined) return begin(typed, proposeFlags(form, words));
  return completeValue(word.completes, query, lookUp);
}

/** The flag whose value stands at the cursor. */
function findAwaited(form: VerbForm, words: readonly string[]): VerbFlag | undefined {
  const last = words.at(-1);
  return last === undefined ? undefined : findValued(form, last);
}

function findValued(form: VerbForm, word: string): VerbFlag | undefined {
  return form.flags.find(
    ({ name, alias, kind }) =>
      kind !== 'switch' && (word === `--${name}` || (alias !== undefined && word === `-${alias}`)),
  );
}

function findWord({ words = [] }: VerbForm, index: number): VerbWord | undefined {
  const last = words.at(-1);
  return words[index] ?? (last?.isRepeated === true ? last : undefined);
}

/** How many words that are neither flags nor their values stand there. */
function countPlain(form: VerbForm, words: readonly string[]): number {
  return words.filter(
    (word, index) =>
      !word.startsWith('-') && findValued(form, words[index - 1] ?? '') === undefined,
  ).length;
}

async function completeValue(
  completes: Completes | undefined,
  query: ValueQuery,
  lookUp: LookUp,
): Promise<Proposals> {
  if (completes === undefined) return [];
  if (completes === 'files' || completes === 'directories') return completes;
  if (typeof completes !== 'string')
    return begin(
      query.typed,
      completes.map((value) => ({ value, describe: '' })),
    );
  return begin(query.typed, await lookUp(completes, query));
}

function proposeVerbs(typed: string): Proposal[] {
  const verbs = loadForms().map(({ name, describe }) => ({ value: name, describe }));
  if (!typed.startsWith('-')) return verbs;
  return [
    { value: '--help', describe: 'show all commands' },
    { value: '--version', describe: 'show the version' },
  ];
}

function proposeInner({ verbs }: VerbGroup): Proposal[] {
  const inner = Object.entries(verbs);
  return [...inner.map(([value, load]) => ({ value, describe: load().describe })), HELP];
}

function proposeFlags(form: VerbForm, words: readonly string[]): Proposal[] {
  const flags = form.flags
    .filter(({ name, kind }) => kind === 'list' || !words.includes(`--${name}`))
    .map(({ name, describe }) => ({ value: `--${name}`, describe }));
  return [...flags, HELP];
}

const HELP: Proposal = { value: '--help', describe: 'show how it is written' };

function begin(typed: string, proposals: readonly Proposal[]): readonly Proposal[] {
  return proposals.filter(({ value }) => value.startsWith(typed));
}
