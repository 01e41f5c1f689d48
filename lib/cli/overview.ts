import type { VerbForm } from './verb.ts';
import { writtenForm } from './written-form.ts';

/** All commands on one screen of 80 columns and 24 lines. */
export function describeVerbs(forms: readonly VerbForm[]): string {
  const rows = forms.map((form) => `  ${writtenForm(form).padEnd(FORM_WIDTH)} ${form.describe}`);
  return [
    'vigil keeps a Node server up, and tells with evidence each time it was not.',
    'Usage: vigil <command> [flags]',
    '',
    ...rows,
    '',
    'Flags of a command: vigil <command> --help. Version: vigil --version.',
    'Which session: --name, --state-dir or --config; else the one of this folder.',
  ].join('\n');
}

const FORM_WIDTH = 26;
