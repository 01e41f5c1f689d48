import { tokenizePartial } from '../console/tokenize.ts';
import type { Proposal, Proposals } from './complete-words.ts';
import type { Shell } from './completion-scripts.ts';

/** What a shell asked: the words after `vigil`, and how much of the last one it will keep as it stands. */
export interface CompletionQuestion {
  readonly words: readonly string[];
  /** The beginning of the word at the cursor that this shell takes for words of their own. */
  readonly kept: string;
}

/** Reads what a script of ours handed over. */
export function readQuestion(shell: Shell, given: readonly string[]): CompletionQuestion {
  if (shell !== 'bash') return { words: given, kept: '' };
  const [line = '', breaks = ''] = given;
  const { words, current } = tokenizePartial(line);
  const at = Math.max(
    -1,
    ...['=', ':'].filter((sign) => breaks.includes(sign)).map((sign) => current.lastIndexOf(sign)),
  );
  return { words: [...words.slice(1), current], kept: current.slice(0, at + 1) };
}

/** The answer as the script of that shell reads it: proposals that go on come after the line `:open`. */
export function writeAnswer(shell: Shell, proposals: Proposals, kept: string): string {
  if (typeof proposals === 'string') return `:${proposals}`;
  const write = (proposal: Proposal): string => WRITERS[shell](proposal, kept);
  const closed = proposals.filter(({ isOpen }) => isOpen !== true);
  const open = proposals.filter(({ isOpen }) => isOpen === true);
  return [...closed.map(write), ...(open.length === 0 ? [] : [':open', ...open.map(write)])].join(
    '\n',
  );
}

const WRITERS: Record<Shell, (proposal: Proposal, kept: string) => string> = {
  bash: ({ value }, kept) => escapeBash(value.slice(kept.length)),
  zsh: ({ value, describe }) =>
    `${value.replaceAll('\\', '\\\\').replaceAll(':', '\\:')}${describe === '' ? '' : `:${describe}`}`,
  fish: ({ value, describe }) => `${value}\t${describe}`,
};

function escapeBash(text: string): string {
  return text.replace(/[^\w./:=@%+,-]/g, '\\$&');
}
