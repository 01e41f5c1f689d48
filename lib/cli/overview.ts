import type { VerbForm } from './verb.ts';
import { layOutRows, wrapText } from './wrap-text.ts';
import { writtenForm } from './written-form.ts';

/** All commands; with 80 columns on one screen of 24 lines. */
export function describeVerbs(forms: readonly VerbForm[], width: number): string {
  return [
    ...wrapText(
      'vigil <command> [flags] keeps a Node server up. First: vigil init. More: --help',
      width,
    ),
    layOutRows(
      forms.map((form) => [`  ${writtenForm(form)}`, form.describe] as const),
      width,
    ),
  ].join('\n');
}
