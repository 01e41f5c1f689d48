import type { SessionEvent, SessionEventBody } from '../../session-event.ts';
import {
  flag,
  large,
  optional,
  part,
  readKey,
  real,
  small,
  type TelemetryField,
  text,
  texts,
} from './telemetry-field.ts';

type Fields = TelemetryField | readonly TelemetryField[];

type KeysOf<Body> = Body extends unknown ? Exclude<keyof Body, 'type'> : never;

/** No event and no field of one can be forgotten. */
type FieldTable = {
  readonly [Type in SessionEvent['type']]: Readonly<
    Record<KeysOf<Extract<SessionEventBody, { type: Type }>>, Fields>
  >;
};

const LONGEST_STACK = 8000;
const LONGEST_WORD = 100;

const word = (about: string): TelemetryField => text(about, LONGEST_WORD);

const ERROR: Fields = [
  part('errorName', 'name', optional(word('class of the error'))),
  part('errorCode', 'code', optional(word('its code'))),
  part('errorMessage', 'message', optional(text('its message'))),
];

const QUEUED = {
  kind: word('crash, sessionKey, digest, gaveUp, recovered or test'),
  id: word('of the message'),
  onDisk: flag('false: it waits in memory only'),
  error: ERROR,
};

const SENT = {
  kind: word('crash, sessionKey, digest, gaveUp, recovered or test'),
  id: word('of the message'),
  messageId: text('the same over all tries'),
  response: text('in the words of who took it'),
  attempts: small('tries so far'),
};

const FAILED = {
  kind: word('crash, sessionKey, digest, gaveUp, recovered or test'),
  id: word('of the message'),
  error: ERROR,
  recipients: texts('those concerned, when not all are'),
  retryInMs: optional(large('missing: it is not tried again')),
};

const STUCK = {
  stack: optional(text('what the event loop was at', LONGEST_STACK)),
  note: text('why there is no stack; empty when there is one'),
  place: optional(text('the innermost call within the project')),
};

/** What telemetry sends of each event: of every field one attribute, or several of an object. */
export const TELEMETRY_FIELDS = {
  'session.started': {
    name: word('the same as session'),
    monitorPid: small('pid of the monitor'),
  },
  'session.leftovers': {
    processes: [
      {
        ...texts('processes of an earlier run: pid and command'),
        pick: describeAll(
          (one) => `${String(readKey(one, 'pid'))} ${String(readKey(one, 'command'))}`,
        ),
      },
    ],
  },
  'control.opened': {
    host: { ...word('that is listened on'), name: 'listenHost' },
    port: small('that is listened on'),
    url: text('of the dashboard'),
    keyFile: optional(text('the file with the session key')),
  },
  'control.failed': { reason: text('why') },
  'session.ending': { reason: text('why') },
  'session.ended': { reason: text('why'), exitCode: small('of the monitor') },
  'worker.forked': { standby: optional(flag('it is a spare')) },
  'worker.listening': {
    port: optional(small('a TCP port')),
    path: optional(text('of a unix socket')),
  },
  'worker.ready': {
    isFirstTime: flag('the first of the session'),
    startMs: large('from its start until it was ready'),
  },
  'worker.degraded': {},
  'worker.recovered': {},
  'worker.exited': {
    code: optional(small('exit code')),
    signal: optional(word('that ended it')),
    cause: word('of the death, one of the closed list'),
    expected: flag('it was told to end'),
    phase: word('starting, running or draining'),
    uptimeMs: large('since its start'),
    evidence: texts('what the cause was concluded from'),
  },
  'worker.leftovers': { count: small('processes that outlived it') },
  'worker.extendedDeadline': { ms: large('more time') },
  'crash.detected': {
    error: ERROR,
    handled: flag('the server has a handler of its own'),
    origin: word('how it came to the top'),
  },
  'crash.reported': {
    id: word('of the report'),
    fingerprint: word('the same for deaths of one defect'),
    cause: word('of the death'),
    occurrences: small('deaths of this defect'),
    suspect: [
      part('suspectRoute', 'route', optional(text('the route that is suspected'))),
      part('suspectHits', 'hits', optional(small('deaths while it was served'))),
      part('suspectOf', 'of', optional(small('deaths looked at'))),
    ],
  },
  'crash.reportFailed': { error: ERROR },
  'restart.scheduled': { delayMs: large('until the start'), attempt: small('1, 2, …') },
  'files.changed': { count: small('files'), paths: texts('the first of them') },
  'memory.limitExceeded': { rssBytes: large('in use'), limitBytes: large('allowed') },
  'breaker.opened': {
    score: real('of the breaker'),
    retryInMs: optional(large('until the trial start; missing: the session ends')),
  },
  'breaker.halfOpened': {},
  'breaker.closed': {},
  'quarantine.started': { route: text('that is answered 503'), forMs: large('at the most') },
  'quarantine.ended': { route: text('that is served again') },
  'reload.started': {},
  'reload.succeeded': {},
  'standby.ready': {},
  'standby.promoted': {},
  'reload.rolledBack': { reason: text('why') },
  'drain.started': {},
  'drain.finished': {
    open: small('connections that were left'),
    durationMs: large('of the drain'),
    requests: [
      {
        ...texts('open requests, the oldest first: method and path'),
        pick: describeAll(
          (one) => `${String(readKey(one, 'method'))} ${String(readKey(one, 'path'))}`,
        ),
      },
    ],
    moreRequests: small('open requests beside them'),
  },
  'poll.failed': { reason: text('why'), count: small('failures that count now') },
  'hang.detected': { silenceMs: large('without a heartbeat'), ...STUCK },
  'loop.stalled': { durationMs: large('that the event loop was stuck'), ...STUCK },
  'mail.queued': QUEUED,
  'mail.sent': SENT,
  'mail.failed': FAILED,
  'webhook.queued': QUEUED,
  'webhook.sent': SENT,
  'webhook.failed': FAILED,
  'exitHandler.failed': { name: word('of the exit handler'), error: ERROR },
  'exitHandler.timedOut': { name: word('of the exit handler'), deadlineMs: large('it had') },
  lifecycle: { event: text('what the server said') },
  'events.dropped': { count: large('events missing from the event log') },
  'config.changed': {
    path: text('of the setting'),
    value: { ...text('as JSON'), pick: (value) => JSON.stringify(value) },
  },
} satisfies FieldTable;

/** What every event has, with the session it is of. */
export const TELEMETRY_STAMP = {
  session: word('name of the session'),
  host: word('name of the machine'),
  at: large('milliseconds since 1970'),
  seq: large('grows by one with every event of the session'),
  generation: small('which server process: 1 is the first; 0 before it'),
  pid: optional(small('of the server process')),
} satisfies Readonly<Record<string, TelemetryField>>;

function describeAll(describe: (item: unknown) => string): (value: unknown) => unknown {
  return (value) => (Array.isArray(value) ? value.map(describe) : undefined);
}
