import type { DrainFinished, OpenRequest } from '../contract.ts';
import type { SessionEvent } from '../session-event.ts';
import type { LogLevel } from './main-log.ts';

export interface EventLine {
  readonly level: LogLevel;
  readonly text: string;
}

type LineMakers = {
  readonly [Type in SessionEvent['type']]: (
    event: Extract<SessionEvent, { type: Type }>,
  ) => EventLine | null;
};

const NAMED_REQUESTS = 5;

const info = (text: string): EventLine => ({ level: 'info', text });
const warn = (text: string): EventLine => ({ level: 'warn', text });
const error = (text: string): EventLine => ({ level: 'error', text });

const MAKERS: LineMakers = {
  'session.started': (event) =>
    info(`session "${event.name}" started, monitor pid ${String(event.monitorPid)}`),
  'session.leftovers': ({ processes }) => {
    const names = processes.map(({ pid, command }) => `pid ${String(pid)} (${command})`);
    const pids = processes.map(({ pid }) => String(pid)).join(' ');
    return warn(
      `an earlier run of this session, whose monitor was killed, has left running: ${names.join(', ')}; ` +
        `what they hold, such as the port, this run cannot have: end them with kill -9 ${pids}`,
    );
  },
  'control.opened': ({ url, keyFile }) =>
    info(`dashboard and control API: ${url}${keyFile === null ? '' : `, key in ${keyFile}`}`),
  'control.failed': ({ reason }) => warn(`no control API over TCP: ${reason}`),
  'session.ending': (event) => info(`ending: ${event.reason}`),
  'session.ended': (event) =>
    info(`session ended: ${event.reason} (exit code ${String(event.exitCode)})`),
  'worker.forked': (event) =>
    info(`${server(event)} started${event.standby === true ? ' as a spare' : ''}`),
  'worker.listening': (event) =>
    info(`${server(event)} listens on ${event.path ?? `port ${String(event.port)}`}`),
  'worker.ready': (event) => info(`${server(event)} is ready after ${seconds(event.startMs)}`),
  'worker.degraded': (event) => warn(`${server(event)} is degraded: its health route fails`),
  'worker.recovered': (event) => info(`${server(event)} has recovered`),
  'worker.exited': (event) => {
    const how = event.signal ?? `code ${String(event.code)}`;
    const text = `${server(event)} ended: ${event.cause} (${how}) after ${seconds(event.uptimeMs)}`;
    return event.expected ? info(text) : error(`${text}: ${event.evidence[0] ?? ''}`);
  },
  'worker.leftovers': (event) =>
    warn(`${server(event)} had left ${String(event.count)} processes running: ended`),
  'worker.extendedDeadline': (event) =>
    info(`${server(event)} asked for ${seconds(event.ms)} more`),
  'crash.detected': (event) =>
    event.handled
      ? warn(`${server(event)} handled an error itself: ${describe(event.error)}`)
      : error(`${server(event)} crashed: ${describe(event.error)}`),
  'crash.reported': ({ id, cause, occurrences, suspect }) => {
    const text = `crash report ${id} (${cause}, seen ${times(occurrences)})`;
    if (suspect === undefined) return info(text);
    const { route, hits, of } = suspect;
    return warn(`${text}: ${route} was in flight in ${String(hits)} of ${String(of)}`);
  },
  'crash.reportFailed': (event) =>
    warn(`the crash report could not be kept: ${describe(event.error)}`),
  'restart.scheduled': (event) =>
    info(event.delayMs === 0 ? 'restarting at once' : `restarting in ${seconds(event.delayMs)}`),
  'files.changed': ({ count, paths }) => {
    const more = count > paths.length ? ` and ${String(count - paths.length)} more` : '';
    return info(`changed: ${paths.join(', ')}${more}`);
  },
  'memory.limitExceeded': (event) =>
    warn(
      `${server(event)} stays above memory.limitMb (${megabytes(event.rssBytes)} of ${megabytes(event.limitBytes)}): it is replaced`,
    ),
  'breaker.opened': (event) =>
    error(
      `too many deaths (score ${event.score.toFixed(1)}): the breaker is open` +
        (event.retryInMs === null ? '' : `, next trial start in ${seconds(event.retryInMs)}`),
    ),
  'breaker.halfOpened': () => info('trial start: the breaker is half open'),
  'breaker.closed': () => info('the breaker is closed again'),
  'quarantine.started': ({ route, forMs }) =>
    error(`quarantine: ${route} is answered 503 for ${seconds(forMs)}, for the server dies of it`),
  'quarantine.ended': ({ route }) => info(`quarantine ended: ${route} is served again`),
  'reload.started': () => info('reload: starting the new server process'),
  'reload.succeeded': () => info('reload succeeded'),
  'standby.ready': (event) => info(`${server(event)} stands by`),
  'standby.promoted': (event) => info(`${server(event)} takes the place of the dead one`),
  'reload.rolledBack': (event) => error(`reload rolled back: ${event.reason}`),
  'drain.started': (event) => info(`${server(event)} drains`),
  'drain.finished': (event) => {
    const duration = seconds(event.durationMs);
    if (event.open === 0) return info(`${server(event)} drained in ${duration}`);
    return warn(`${server(event)}: drain gave up after ${duration}: ${describeOpen(event)}`);
  },
  'poll.failed': (event) => warn(`health poll failed (${times(event.count)}): ${event.reason}`),
  'hang.detected': (event) =>
    error(`${server(event)} hangs: no heartbeat for ${seconds(event.silenceMs)}: ${stuck(event)}`),
  'loop.stalled': (event) =>
    warn(`${server(event)} answered nobody for ${seconds(event.durationMs)}: ${stuck(event)}`),
  'mail.queued': (event) => describeQueued('mail', event),
  'mail.sent': (event) => info(`mail sent: ${event.kind}: ${event.response}`),
  'mail.failed': (event) => describeFailed('mail', event),
  'webhook.queued': (event) => describeQueued('webhook', event),
  'webhook.sent': (event) => info(`webhook sent: ${event.kind}: ${event.response}`),
  'webhook.failed': (event) => describeFailed('webhook', event),
  'exitHandler.failed': (event) =>
    warn(`exit handler ${event.name} failed: ${describe(event.error)}`),
  'exitHandler.timedOut': (event) =>
    warn(`exit handler ${event.name} did not end within ${seconds(event.deadlineMs)}`),
  lifecycle: (event) => info(event.event),
  'events.dropped': (event) =>
    warn(
      `a gap of ${count(event.count, 'event')} in the event log: it could not be written meanwhile`,
    ),
  'config.changed': (event) => info(`${event.path} is now ${JSON.stringify(event.value)}`),
};

/** The log line of an event; null when there is nothing to say. */
export function describeEvent(event: SessionEvent): EventLine | null {
  const make = MAKERS[event.type] as (event: SessionEvent) => EventLine | null;
  return make(event);
}

function describeQueued(
  what: string,
  { kind, error }: { readonly kind: string; readonly error?: { readonly message: string } },
): EventLine {
  if (error === undefined) return info(`${what} queued: ${kind}`);
  return warn(`${what} queued in memory only: ${kind}: ${error.message}`);
}

interface FailedDelivery {
  readonly kind: string;
  readonly error: { readonly message: string };
  readonly recipients?: readonly string[];
  readonly retryInMs: number | null;
}

function describeFailed(what: string, failed: FailedDelivery): EventLine {
  const { kind, error, recipients, retryInMs } = failed;
  const whom = recipients === undefined ? '' : ` for ${recipients.join(', ')}`;
  const next = retryInMs === null ? 'not tried again' : `next try in ${seconds(retryInMs)}`;
  return warn(`${what} failed: ${kind}${whom}: ${error.message} (${next})`);
}

/** A line names the oldest; the event has more of them. */
function describeOpen({ open, requests, moreRequests }: DrainFinished): string {
  if (requests.length === 0) return `${count(open, 'connection')} open`;
  const named = requests.slice(0, NAMED_REQUESTS).map(describeRequest);
  const total = requests.length + moreRequests;
  if (total > named.length) named.push(`and ${String(total - named.length)} more`);
  return `${count(total, 'request')} open: ${named.join(', ')}`;
}

function describeRequest({ method, path, ageMs, atLeast }: OpenRequest): string {
  return `${method} ${path} for ${atLeast === true ? 'at least ' : ''}${seconds(ageMs)}`;
}

function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}

function stuck({ place, note }: { readonly place: string | null; readonly note: string }): string {
  if (note !== '') return note;
  return `the event loop was stuck in ${place ?? 'code outside the project'}`;
}

function server(event: SessionEvent): string {
  const pid = event.pid === undefined ? '' : `, pid ${String(event.pid)}`;
  return `server #${String(event.generation)}${pid}`;
}

function seconds(ms: number): string {
  return ms < 1000 ? `${String(Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function megabytes(bytes: number): string {
  return `${String(Math.round(bytes / 1024 / 1024))} MB`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${String(count)} times`;
}

function describe(thrown: { readonly name: string; readonly message: string }): string {
  return `${thrown.name}: ${thrown.message.split('\n', 1)[0] ?? ''}`;
}
