import { relative } from 'node:path';
import type { WrittenFile } from './planned-files.ts';
import type { ProjectFacts } from './project-facts.ts';
import { layOutRows } from './wrap-text.ts';

/** What `vigil init` has done, and what there is to do now. */
export interface InitResult {
  readonly project: ProjectFacts & { readonly entry: string };
  /** The working directory; paths are shown from there. */
  readonly cwd: string;
  readonly files: readonly WrittenFile[];
  readonly port: { readonly number: number; readonly isGuess: boolean };
  /** Null when the configuration that was kept opens none. */
  readonly dashboard: string | null;
  readonly keyFile: string;
  /** What starts the session. */
  readonly command: string;
  /** Whether the command is at hand in this project. */
  readonly isInstalled: boolean;
}

/** The result for a person; the last lines say what to run and where to look. */
export function formatInit(result: InitResult, width: number): string {
  const { project, port, files, cwd } = result;
  const guess = port.isGuess ? ' (a guess: change "ports.server" if it is another)' : '';
  return [
    `found: ${project.entry}, ${project.framework ?? 'no known framework'}, port ${port.number}${guess}`,
    ...files
      .filter(({ action }) => action !== 'kept')
      .map(({ path, what, action }) => `${relative(cwd, path)}: ${what} ${action}`),
    ...(result.dashboard === null
      ? []
      : [`The dashboard is at ${result.dashboard}, on this machine alone ("control.http").`]),
    '',
    'Now:',
    layOutRows(listSteps(result), width),
  ].join('\n');
}

function listSteps(result: InitResult): (readonly [string, string])[] {
  const { dashboard, keyFile, cwd, command, isInstalled } = result;
  return [
    ...(isInstalled ? [] : [['  npm install server-vigil', 'once, for this project'] as const]),
    [`  ${command}`, 'starts the server; Ctrl-C ends it'],
    ...(dashboard === null
      ? []
      : ([
          [`  ${dashboard}`, 'open it: the dashboard, while it runs'],
          [`  cat ${relative(cwd, keyFile)}`, 'the session key that it asks for'],
        ] as const)),
    ['  npx vigil status', 'the same in short, in another terminal'],
  ];
}
