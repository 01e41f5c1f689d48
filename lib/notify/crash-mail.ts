import type { CrashReport, NextAction, SourceFrame } from '../report/crash-report.ts';
import { describeDeath, describeError } from './crash-wording.ts';
import { durationText } from './duration-text.ts';
import { renderMail, type MailBlock } from './mail-document.ts';
import type { MailText } from './mail.ts';

/** Who writes: the session and the machine it runs on. */
export interface MailSender {
  readonly name: string;
  readonly host: string;
}

/** The mail about one crash: what happened, where, what happens next, and then the evidence. */
export function composeCrashMail(report: CrashReport, sender: MailSender): MailText {
  return renderMail({
    subject: `[vigil] ${sender.name}: ${report.cause}: ${describeError(report)}`,
    headline: `${sender.name}: ${describeError(report)}`,
    blocks: [
      { kind: 'text', text: `${describeDeath(report)}\n${describeNext(report.nextAction)}` },
      sourceBlock(report.sourceFrame),
      { kind: 'facts', rows: factRows(report, sender) },
      ...errorBlocks(report),
      codeBlock(
        'Stack of the stuck loop',
        (report.hangStack ?? '').split('\n').slice(0, STACK_LINES),
      ),
      { kind: 'list', title: 'Evidence', items: report.evidence },
      { kind: 'list', title: 'Requests in flight', items: requestLines(report) },
      { kind: 'list', title: 'Changed since it was last stable', items: report.changedSinceStable },
      codeBlock('Last output', report.outputTail.slice(-TAIL_LINES)),
      { kind: 'text', text: `The whole report: vigil crashes show ${report.id}` },
    ],
  });
}

const STACK_LINES = 30;
const TAIL_LINES = 40;

function describeNext({ kind, delayMs }: NextAction): string {
  const delay = delayMs ?? 0;
  switch (kind) {
    case 'restart':
      return delay === 0
        ? 'It is restarted at once.'
        : `It is restarted in ${durationText(delay)}.`;
    case 'replace':
      return 'A new process has taken its place.';
    case 'keep':
      return 'The process that served before goes on serving.';
    case 'retryLater':
      return `It has failed too often: Vigil tries again in ${durationText(delay)}. Until then it is DOWN.`;
    case 'end':
      return 'It is NOT restarted: the session ends.';
  }
}

function factRows(report: CrashReport, sender: MailSender): (readonly [string, string])[] {
  const { memory, loopLagMs, uptimeMs, environment, suspect } = report;
  const rows: (readonly [string, string | null])[] = [
    ['When', report.at],
    ['Where', `${sender.host}, pid ${report.pid ?? 'unknown'}, Node ${environment.node}`],
    ['Cause', report.phase === 'running' ? report.cause : `${report.cause} while ${report.phase}`],
    ['Exit code', report.code === null ? null : String(report.code)],
    ['Signal', report.signal],
    ['Uptime', uptimeMs === null ? null : durationText(uptimeMs)],
    ['Restarts so far', String(report.restarts)],
    ['Seen', report.occurrences === 1 ? 'for the first time' : `${report.occurrences} times`],
    ['Memory', memory === null ? null : `${Math.round(memory.rssBytes / 1_000_000)} MB`],
    ['Loop lag', loopLagMs === null ? null : `${Math.round(loopLagMs)} ms`],
    ['Commit', environment.gitCommit],
    [
      'Suspect',
      suspect === null
        ? null
        : `${suspect.route} was in flight in ${suspect.hits} of ${suspect.of}`,
    ],
  ];
  return rows.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const]));
}

function sourceBlock(frame: SourceFrame | null): MailBlock {
  if (frame === null) return codeBlock('', []);
  const place = `${frame.file}:${frame.line}:${frame.column}`;
  const lines = frame.lines.map(
    ({ line, text }) => `${line === frame.line ? '>' : ' '} ${line} ${text}`,
  );
  const inside = frame.function === null ? '' : ` in ${frame.function}`;
  return lines.length === 0
    ? { kind: 'text', text: `At ${place}${inside}` }
    : codeBlock(`At ${place}${inside}`, lines);
}

function errorBlocks({ error }: CrashReport): MailBlock[] {
  if (error === null) return [];
  const chain = error.causeChain.map((cause, index) =>
    codeBlock(`Caused by${index === 0 ? '' : ', in turn,'} ${codeText(cause)}`, stackLines(cause)),
  );
  return [codeBlock(`Error ${codeText(error)}`, stackLines(error)), ...chain];
}

function codeText({ name, code }: { readonly name: string; readonly code: string | null }): string {
  return code === null ? name : `${name} (${code})`;
}

// A stack begins with name and message, unless the code of the server has changed it.
function stackLines(error: { readonly message: string; readonly stack: string | null }): string[] {
  const lines = (error.stack ?? '').split('\n').filter((line) => line.trim() !== '');
  const message = error.message.split('\n').slice(0, STACK_LINES);
  const isTold = error.stack?.includes(message[0] ?? '') === true;
  return (isTold ? lines : [...message, ...lines]).slice(0, STACK_LINES);
}

function requestLines({ requestsInFlight }: CrashReport): string[] {
  return requestsInFlight
    .slice(0, 20)
    .map(({ method, path, ageMs }) => `${method} ${path}, for ${durationText(ageMs)}`);
}

function codeBlock(title: string, lines: readonly string[]): MailBlock {
  return { kind: 'code', title, lines: lines.join('') === '' ? [] : lines };
}
