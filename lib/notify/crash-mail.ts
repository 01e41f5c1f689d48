import type {
  CrashReport,
  RequestInFlight,
  NextAction,
  SourceFrame,
} from '../report/crash-report.ts';
import { describeDeath, describeError } from './crash-wording.ts';
import { durationText } from './duration-text.ts';
import type { MailBlock, MailDocument } from './mail-document.ts';
import type { NoticeSender } from './notice.ts';

/** The mail about one crash: what happened, whether it is down, where in the code, what was going on, and then the evidence. */
export function composeCrashMail(report: CrashReport, sender: NoticeSender): MailDocument {
  const isDown = report.nextAction.kind === 'retryLater' || report.nextAction.kind === 'end';
  return {
    subject: `[vigil] ${sender.name}: ${isDown ? 'DOWN: ' : ''}${report.cause}: ${describeError(report)}`,
    headline: `${sender.name}: ${describeError(report)}`,
    blocks: [
      { kind: 'text', text: `${describeDeath(report)}\n${describeNext(report.nextAction)}` },
      codeBlock(
        'Stack of the stuck loop',
        (report.hangStack ?? '').split('\n').slice(0, STACK_LINES),
      ),
      sourceBlock(report.sourceFrame),
      { kind: 'text', text: suspectText(report) },
      { kind: 'list', title: 'Requests in flight', items: requestLines(report) },
      { kind: 'list', title: 'Changed since it was last stable', items: report.changedSinceStable },
      { kind: 'facts', rows: factRows(report, sender) },
      ...errorBlocks(report),
      { kind: 'list', title: 'Evidence', items: report.evidence },
      codeBlock('Last output', report.outputTail.slice(-TAIL_LINES)),
      {
        kind: 'text',
        text:
          `The whole report: vigil crashes show ${report.id}\nHow the server is now: vigil status` +
          (report.nextAction.kind === 'restart' ? TOLD_AGAIN : ''),
      },
    ],
  };
}

const STACK_LINES = 30;
const REQUEST_LINES = 20;
const TAIL_LINES = 40;
const TOLD_AGAIN = '\nIf it does not stay up, another mail says so.';

function describeNext({ kind, delayMs }: NextAction): string {
  const delay = delayMs ?? 0;
  switch (kind) {
    case 'restart':
      return delay === 0
        ? 'It is restarted at once.'
        : `It is restarted in ${durationText(delay)}.`;
    case 'replace':
      return 'A new process has taken its place: nothing is down.';
    case 'keep':
      return 'The process that served before goes on serving: nothing is down.';
    case 'retryLater':
      return `It has failed too often: Vigil tries again in ${durationText(delay)}. Until then it is DOWN.`;
    case 'end':
      return 'It is NOT restarted: the session ends, and the server is DOWN until somebody starts it again.';
  }
}

function factRows(report: CrashReport, sender: NoticeSender): (readonly [string, string])[] {
  const { memory, loopLagMs, uptimeMs, environment } = report;
  const rows: (readonly [string, string | null])[] = [
    ['When', report.at],
    ['Where', `${sender.host}, pid ${report.pid ?? 'unknown'}, Node ${environment.node}`],
    ['Cause', report.phase === 'running' ? report.cause : `${report.cause} while ${report.phase}`],
    ['Exit code', report.code === null ? null : String(report.code)],
    ['Signal', report.signal],
    ['Uptime', uptimeMs === null ? null : durationText(uptimeMs)],
    ['Restarts so far', String(report.restarts)],
    ['Seen', report.occurrences === 1 ? 'for the first time' : `${report.occurrences} times`],
    ['Memory', memory === null ? null : `${Math.round(memory.rssBytes / 1024 / 1024)} MB`],
    ['Loop lag', loopLagMs === null ? null : `${Math.round(loopLagMs)} ms`],
    ['Commit', environment.gitCommit],
  ];
  return rows.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const]));
}

function suspectText({ suspect, quarantined }: CrashReport): string {
  if (suspect === null) return '';
  const text = `Suspect: ${suspect.route} was in flight in ${String(suspect.hits)} of the last ${String(suspect.of)} deaths.`;
  if (quarantined === null) return text;
  return `${text}\nIt is in QUARANTINE: answered 503 for ${durationText(quarantined.forMs)}.`;
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

function requestLines({ requestsInFlight, moreRequests }: CrashReport): string[] {
  // The handler that was running says more than the age does.
  const sorted = [...requestsInFlight].sort((one, other) => rank(one) - rank(other));
  const lines = sorted.slice(0, REQUEST_LINES).map(({ method, path, ageMs, running }) => {
    const where = running === true ? ', in its handler' : '';
    return `${method} ${path}, for ${durationText(ageMs)}${where}`;
  });
  const more = requestsInFlight.length - lines.length + moreRequests;
  return more === 0 ? lines : [...lines, `and ${String(more)} more`];
}

function rank({ running }: RequestInFlight): number {
  return running === true ? 0 : 1;
}

function codeBlock(title: string, lines: readonly string[]): MailBlock {
  return { kind: 'code', title, lines: lines.join('') === '' ? [] : lines };
}
