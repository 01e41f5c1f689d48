import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { nearestName } from '../config/nearest-name.ts';
import { VigilError } from '../errors.ts';
import { composeCrashMail } from '../notify/crash-mail.ts';
import { renderMail } from '../notify/mail-document.ts';
import type { CrashReport } from '../report/crash-report.ts';
import { CrashStore, type CrashSummary } from '../report/crash-store.ts';
import { chooseSession } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { toPrintable } from './output.ts';
import { JSON_FLAG, SESSION_FLAGS } from './session-flags.ts';
import type { Verb, VerbCall } from './verb.ts';

/** `vigil crashes`. @lazy */
export const crashesVerb: Verb = {
  name: 'crashes',
  describe: 'crash reports: list, show ID or clear',
  words: [
    {
      name: 'action',
      describe: 'list (default), show or clear',
      isOptional: true,
      completes: ['list', 'show', 'clear'],
    },
    {
      name: 'id',
      describe: 'of the report to show, or its beginning',
      isOptional: true,
      completes: 'crashIds',
    },
  ],
  flags: [...SESSION_FLAGS, JSON_FLAG],
  async run(call) {
    const action = call.arguments.text('action') ?? 'list';
    const perform = ACTIONS[action];
    if (perform === undefined) throw createUnknown(action);
    if (action !== 'show' && call.arguments.text('id') !== undefined) {
      throw new VigilError('ERR_USAGE', `vigil crashes ${action} takes no id`);
    }
    const session = chooseSession(call);
    await perform(new CrashStore(session.options.crashReports), { call, name: session.name });
    return EXIT.ok;
  },
};

interface CrashesCall {
  readonly call: VerbCall;
  readonly name: string;
}

const ACTIONS: Readonly<
  Partial<Record<string, (store: CrashStore, crashes: CrashesCall) => Promise<void>>>
> = { list, show, clear };

async function list(store: CrashStore, { call, name }: CrashesCall): Promise<void> {
  const { reports, skipped } = await store.list();
  const { output } = call;
  for (const { file, reason } of skipped) output.note(toPrintable(`${file} ${reason}: left out`));
  if (call.arguments.isOn('json')) output.printJson(reports);
  else if (reports.length === 0) output.note(`no crash reports of the session "${name}"`);
  else output.print(formatList(reports, output.width));
}

async function show(store: CrashStore, { call, name }: CrashesCall): Promise<void> {
  const id = call.arguments.text('id');
  if (id === undefined) {
    throw new VigilError(
      'ERR_USAGE',
      'vigil crashes show needs the id of a report: see vigil crashes',
    );
  }
  const report = await store.show(id);
  if (call.arguments.isOn('json')) call.output.printJson(report);
  else call.output.print(toPrintable(describeReport(report, name) + describeFiles(report)));
}

/** The text of its mail, but for the last paragraph, which leads here. */
function describeReport(report: CrashReport, name: string): string {
  const { text } = renderMail(composeCrashMail(report, { name, host: hostname() }));
  return text.trimEnd().replace(/\n+The whole report: [^]*$/, '');
}

/** What was kept beside the report, as long as it is there: of large files only the newest stay. */
function describeFiles({ files }: CrashReport): string {
  const kept = [
    ['diagnostic report of Node', files.diagnosticReport],
    ['heap snapshot, for the memory tab of a browser', files.heapSnapshot],
  ].flatMap(([what, path]) =>
    path !== undefined && existsSync(path) ? [`- ${what ?? ''}: ${path}`] : [],
  );
  return kept.length === 0 ? '' : `\n\nKept beside it:\n${kept.join('\n')}`;
}

async function clear(store: CrashStore, { call }: CrashesCall): Promise<void> {
  const removed = await store.clear();
  if (call.arguments.isOn('json')) call.output.printJson({ removed });
  else call.output.print(`removed ${removed} crash ${removed === 1 ? 'report' : 'reports'}`);
}

/** The time is left out where there is no room for it: an id begins with it. */
function formatList(reports: readonly CrashSummary[], width: number): string {
  const rows = [
    ['ID', 'WHEN', 'CAUSE', 'SEEN'],
    ...reports.map(({ id, at, cause, occurrences }) => [id, at, cause, String(occurrences)]),
  ];
  const whole = layOut(rows);
  const isFitting = whole.every((line) => line.length <= width);
  return (isFitting ? whole : layOut(rows.map(([id = '', , ...rest]) => [id, ...rest]))).join('\n');
}

function layOut(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_head, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => toPrintable(cell).padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function createUnknown(action: string): VigilError {
  const near = nearestName(action, Object.keys(ACTIONS));
  const hint = near === undefined ? 'list, show ID or clear' : `did you mean "${near}"?`;
  return new VigilError('ERR_USAGE', `vigil crashes has no action "${action}": ${hint}`);
}
