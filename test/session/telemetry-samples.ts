import type { SessionEvent, SessionEventBody } from '../../lib/session/session-event.ts';

type Samples = {
  readonly [Type in SessionEvent['type']]: readonly Omit<
    Extract<SessionEventBody, { type: Type }>,
    'type'
  >[];
};

const error = { name: 'TypeError', message: 'x is not a function', code: 'E', stack: 'at x' };
const plainError = { name: 'Error', message: '' };
const coded = { code: 'ERR_MAIL_FAILED', message: 'refused' };
const queued = { kind: 'crash', id: 'm1', onDisk: true };
const sent = { kind: 'crash', id: 'm1', messageId: '<a@b>', response: '250 ok', attempts: 2 };
const failed = { kind: 'crash', id: 'm1', error: coded, retryInMs: 60_000 };
const stuck = { stack: 'at busy', note: '', place: 'busy (src/app.js:12)' };
const noStack = { stack: null, note: 'no inspector', place: null };

/** Of every event one or more, with all its fields and with as few as it may have. */
const SAMPLES: Samples = {
  'session.started': [{ name: 'shop', monitorPid: 4711 }],
  'session.leftovers': [{ processes: [{ pid: 1, command: 'node x' }] }, { processes: [] }],
  'control.opened': [
    { host: '127.0.0.1', port: 9000, url: 'http://x', keyFile: '/tmp/key' },
    { host: '127.0.0.1', port: 9000, url: 'http://x', keyFile: null },
  ],
  'control.failed': [{ reason: 'in use' }],
  'session.ending': [{ reason: 'SIGTERM' }],
  'session.ended': [{ reason: 'SIGTERM', exitCode: 0 }],
  'worker.forked': [{}, { standby: true }],
  'worker.listening': [
    { port: 80, path: null },
    { port: null, path: '/run/x' },
  ],
  'worker.ready': [{ isFirstTime: true, startMs: 200 }],
  'worker.degraded': [{}],
  'worker.recovered': [{}],
  'worker.exited': [
    {
      code: 1,
      signal: null,
      cause: 'crash',
      expected: false,
      phase: 'running',
      uptimeMs: 40 * 24 * 3_600_000,
      evidence: ['exit code 1'],
    },
    {
      code: null,
      signal: 'SIGKILL',
      cause: 'signal',
      expected: true,
      phase: 'draining',
      uptimeMs: 0,
      evidence: [],
    },
  ],
  'worker.leftovers': [{ count: 1 }],
  'worker.extendedDeadline': [{ ms: 5000 }],
  'crash.detected': [
    { error, handled: true, origin: 'uncaughtException' },
    { error: plainError, handled: false, origin: 'x' },
  ],
  'crash.reported': [
    {
      id: 'c1',
      fingerprint: 'f',
      cause: 'crash',
      occurrences: 3,
      suspect: { route: 'GET /x', hits: 3, of: 4 },
    },
    { id: 'c1', fingerprint: 'f', cause: 'hang', occurrences: 1 },
  ],
  'crash.reportFailed': [{ error }],
  'restart.scheduled': [{ delayMs: 0, attempt: 1 }],
  'files.changed': [{ count: 2, paths: ['a.js'] }],
  'memory.limitExceeded': [{ rssBytes: 5e9, limitBytes: 4e9 }],
  'breaker.opened': [
    { score: 3.25, retryInMs: 60_000 },
    { score: 3, retryInMs: null },
  ],
  'breaker.halfOpened': [{}],
  'breaker.closed': [{}],
  'quarantine.started': [{ route: 'GET /x', forMs: 60_000 }],
  'quarantine.ended': [{ route: 'GET /x' }],
  'reload.started': [{}],
  'reload.succeeded': [{}],
  'standby.ready': [{}],
  'standby.promoted': [{}],
  'reload.rolledBack': [{ reason: 'start-timeout' }],
  'drain.started': [{}],
  'drain.finished': [
    {
      open: 1,
      durationMs: 12.5,
      requests: [{ method: 'GET', path: '/slow', ageMs: 1200 }],
      moreRequests: 0,
    },
    { open: 0, durationMs: 0, requests: [], moreRequests: 0 },
  ],
  'poll.failed': [{ reason: '500', count: 1 }],
  'hang.detected': [
    { silenceMs: 5000, ...stuck },
    { silenceMs: 5000, ...noStack },
  ],
  'loop.stalled': [
    { durationMs: 900, ...stuck },
    { durationMs: 900, ...noStack },
  ],
  'mail.queued': [queued, { ...queued, onDisk: false, error: coded }],
  'mail.sent': [sent],
  'mail.failed': [failed, { ...failed, recipients: ['a@b'], retryInMs: null }],
  'webhook.queued': [queued],
  'webhook.sent': [sent],
  'webhook.failed': [failed],
  'exitHandler.failed': [{ name: 'db', error }],
  'exitHandler.timedOut': [{ name: 'db', deadlineMs: 1000 }],
  lifecycle: [{ event: 'warm' }],
  'events.dropped': [{ count: 3 }],
  'config.changed': [
    { path: 'polling.intervalSeconds', value: 3 },
    { path: 'polling', value: { route: '/x' } },
    { path: 'memory.limitMb', value: null },
  ],
};

const AT = '2026-11-23T08:00:00.000Z';

/** All of them, as they are published. */
export const TELEMETRY_SAMPLES: readonly SessionEvent[] = Object.entries(SAMPLES).flatMap(
  ([type, bodies]) =>
    bodies.flatMap((body) => [
      { type, at: AT, seq: 4, generation: 1, pid: 4720, ...body } as SessionEvent,
      { type, at: AT, seq: 1, generation: 0, ...body } as SessionEvent,
    ]),
);
