import type { CrashReport } from '../report/crash-report.ts';

type Cause = CrashReport['cause'];

/** What happened, in a sentence a person woken at night understands. */
export function describeDeath(report: Pick<CrashReport, 'cause' | 'code' | 'signal'>): string {
  const end = report.signal ?? (report.code === null ? null : `exit code ${report.code}`);
  return end === null ? `${SENTENCES[report.cause]}.` : `${SENTENCES[report.cause]} (${end}).`;
}

type DescribedDeath = Pick<
  CrashReport,
  'cause' | 'error' | 'code' | 'signal' | 'evidence' | 'sourceFrame'
>;

/** The first line of the error, or else what led to the end: the end of a subject line. */
export function describeError(report: DescribedDeath): string {
  if (report.error !== null) {
    const [line = ''] = report.error.message.split('\n', 1);
    return line === '' ? report.error.name : `${report.error.name}: ${line}`;
  }
  if (report.cause === 'memory-limit') return 'replaced in time';
  const [reason] = report.evidence;
  if (ENDED_BY_MONITOR.includes(report.cause) && reason !== undefined) {
    return reason.replace('ended by the monitor: ', '') + describePlace(report);
  }
  if (report.signal !== null) return report.signal;
  return report.code === null ? 'no error was reported' : `exit code ${report.code}`;
}

/** Where a loop is stuck says more than how long it has been. */
function describePlace({ cause, sourceFrame }: DescribedDeath): string {
  if (cause !== 'hang' || sourceFrame === null) return '';
  const { file, line, function: name } = sourceFrame;
  return name === null ? ` at ${file}:${String(line)}` : ` in ${name} (${file}:${String(line)})`;
}

/** Of these the exit says nothing: the monitor itself brought it about. */
const ENDED_BY_MONITOR: readonly Cause[] = ['hang', 'health', 'start-timeout'];

const SENTENCES = {
  crash: 'An uncaught exception ended the server process',
  rejection: 'An unhandled promise rejection ended the server process',
  exit: 'The server process ended by itself with an error code',
  'clean-exit': 'The server process ended by itself, without an error',
  signal: 'The server process was killed from outside',
  'oom-heap': 'The server process ran out of JavaScript heap',
  'oom-killer': 'The operating system killed the server process because memory ran out',
  hang: 'The server process stopped responding and was killed',
  health: 'The health route failed more often than tolerated, so the server process was ended',
  'start-timeout': 'The server process was not ready within its startup deadline',
  'start-failed': 'The server process died before it was ready',
  'memory-limit': 'The server process grew past its memory limit and was replaced',
  manual: 'The server process was ended on request',
  reload: 'The server process was replaced by a reload',
  'session-end': 'The server process ended with its session',
} as const satisfies Record<Cause, string>;
