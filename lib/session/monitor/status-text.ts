import type { SessionState, SessionStatus, StandbyStatus, WorkerStatus } from './session-status.ts';
import { adviseOnStatus, spanText } from './status-advice.ts';

export interface StatusTextOptions {
  /** Wall time, milliseconds. */
  readonly now: number;
  /** Colours a text where colours are shown; default leaves it plain. */
  readonly paint?: (text: string, color: 'green' | 'yellow' | 'red') => string;
}

/** The status as a person reads it, within 80 columns: first what is wrong and what to do. */
export function formatStatus(
  status: SessionStatus,
  { now, paint = (text) => text }: StatusTextOptions,
): string {
  const { restarts, breaker, lastDeath, quarantine, mail, webhook, control } = status;
  const causes = Object.entries(restarts.byCause).map(
    ([cause, count]) => `${cause} ${String(count)}`,
  );
  const rows: [string, string][] = [
    ['session', `${status.name}: ${paint(status.state, COLORS[status.state])}`],
    ...describeAdvice(status, { now, paint }),
    ['monitor', `pid ${String(status.monitorPid)}, since ${status.startedAt}`],
    ...describeWorker(status.worker),
    ...describeStandby(status.standby),
    [
      'restarts',
      `${String(restarts.total)}${causes.length === 0 ? '' : ` (${causes.join(', ')})`}`,
    ],
    ['breaker', describeBreaker(breaker)],
    ...describeDeath(lastDeath),
    ...(quarantine ?? []).map(({ route, until }): [string, string] => [
      'quarantine',
      `${route} is answered 503 until ${until}`,
    ]),
    ['mail', describeDelivery(mail)],
    ...(webhook.configured ? [['webhook', describeDelivery(webhook)] as [string, string]] : []),
    ...(control.http === null ? [] : [['control', control.http.url] as [string, string]]),
  ];
  return rows.map(([label, text]) => `${label.padEnd(11)} ${text}`.trimEnd()).join('\n');
}

const COLORS: Record<SessionState, 'green' | 'yellow' | 'red'> = {
  running: 'green',
  starting: 'yellow',
  reloading: 'yellow',
  stopping: 'yellow',
  degraded: 'red',
  backingOff: 'red',
  broken: 'red',
};

function describeAdvice(
  status: SessionStatus,
  { now, paint }: Required<StatusTextOptions>,
): [string, string][] {
  const advice = adviseOnStatus(status, now);
  if (advice === null) return [];
  const rows: [string, string][] = [
    [advice.isBad ? 'wrong' : 'note', paint(advice.wrong, advice.isBad ? 'red' : 'yellow')],
    ...(advice.next === null ? [] : [['by itself', advice.next] as [string, string]]),
    ...advice.todo.map((text, index): [string, string] => [index === 0 ? 'to do' : '', text]),
  ];
  return [...rows, ['', '']];
}

function describeWorker(worker: WorkerStatus | null): [string, string][] {
  if (worker === null) return [['server', 'no process at the moment']];
  const where = worker.port === null ? '' : `, port ${String(worker.port)}`;
  const memory = worker.rssBytes === null ? '' : `${(worker.rssBytes / 1e6).toFixed(0)} MB, `;
  const lag = worker.loopLagMs === null ? '' : `loop lag ${worker.loopLagMs.toFixed(1)} ms, `;
  const up = `up ${spanText(worker.uptimeMs)}`;
  return [
    ['server', `#${String(worker.generation)} pid ${String(worker.pid)}${where}: ${worker.state}`],
    ['', `${memory}${lag}${up}`],
    ['last poll', describePoll(worker)],
  ];
}

function describeStandby(spare: StandbyStatus | undefined): [string, string][] {
  if (spare === undefined) return [];
  const state = spare.ready ? 'stands by' : 'starting';
  return [['spare', `#${String(spare.generation)} pid ${String(spare.pid)}: ${state}`]];
}

function describePoll({ lastPoll, pollFailures }: WorkerStatus): string {
  if (lastPoll === null) return 'none yet';
  const outcome = lastPoll.ok ? `good in ${lastPoll.latencyMs.toFixed(1)} ms` : 'failed';
  return `${outcome}${pollFailures === 0 ? '' : ` (${String(pollFailures)} failures in a row)`}`;
}

function describeBreaker(breaker: SessionStatus['breaker']): string {
  const next = breaker.nextRetryAt === null ? '' : `, next start ${breaker.nextRetryAt}`;
  return `${breaker.state}, score ${breaker.score.toFixed(1)} of ${String(breaker.threshold)}${next}`;
}

function describeDeath(death: SessionStatus['lastDeath']): [string, string][] {
  if (death === null) return [['last death', 'none']];
  const how = death.signal ?? `code ${String(death.code)}`;
  const report: [string, string][] =
    death.reportId === null ? [] : [['', `crash report ${death.reportId}`]];
  return [['last death', `${death.cause} (${how}) at ${death.at}`], ...report];
}

function describeDelivery(delivery: SessionStatus['mail']): string {
  if (!delivery.configured) return 'not configured';
  return `last accepted ${delivery.lastAcceptedAt ?? 'never'}, ${String(delivery.spooled)} waiting`;
}
