import type { VerbForm } from './verb.ts';
import { layOutRows, wrapText } from './wrap-text.ts';
import { writtenForm } from './written-form.ts';

/** All commands; with 80 columns on one screen of 24 lines. */
export function describeVerbs(forms: readonly VerbForm[], width: number): string {
  return [
    ...wrapText(
      'vigil keeps a Node server up, and tells with evidence each time it was not.',
      width,
    ),
    'Usage: vigil <command> [flags]',
    layOutRows(
      forms.map((form) => [`  ${writtenForm(form)}`, form.describe] as const),
      width,
    ),
    '',
    ...wrapText('First time: vigil init. Flags of a command: vigil <command> --help.', width),
    ...wrapText(
      'Which session: --name, --state-dir or --config; else the one of this folder.',
      width,
    ),
  ].join('\n');
}
