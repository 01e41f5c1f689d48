import type { VerbForm } from './verb.ts';
import { layOutRows, wrapText } from './wrap-text.ts';
import { writtenForm } from './written-form.ts';

/** All commands; with 80 columns on one screen of 24 lines. */
export function describeVerbs(forms: readonly VerbForm[], width: number): string {
  return [
    ...wrapText(
      'vigil <command> [flags] keeps a Node server up, and tells why when it was not.',
      width,
    ),
    layOutRows(
      forms.map((form) => [`  ${writtenForm(form)}`, form.describe] as const),
      width,
    ),
    ...wrapText('First time: vigil init. Flags, and which session: vigil <command> --help.', width),
  ].join('\n');
}
