/** The default of every key that has a fixed one, in the shape and the units of the config file. */
export const SESSION_DEFAULTS = {
  showServerOutput: true,
  ports: { server: 3000 },
  identifiers: {
    master: { text: '__monitor__', color: 'yellow' },
    worker: { text: '__server__', color: 'magenta' },
    exec: { text: '__exec__', color: 'green' },
  },
  polling: {
    route: '/',
    intervalSeconds: 10,
    timeoutSeconds: 2,
    failureTolerance: 2,
    window: null,
    expectStatus: [200, 299],
  },
  startup: { deadlineSeconds: 60 },
  heartbeat: { intervalSeconds: 1, silenceSeconds: 10 },
  restart: {
    policy: 'permanent',
    stopOn: [125],
    backoff: { baseSeconds: 0.5, factor: 2, maxSeconds: 60, jitter: 0.2 },
    breaker: { failures: 5, halfLifeSeconds: 60, cooldownSeconds: 300, onOpen: 'retry' },
  },
  shutdown: { drainSeconds: 30, exitHandlerSeconds: 10 },
  memory: { limitMb: null },
  socket: { hold: true },
  standby: false,
  serverProcess: 'cluster',
  watch: [],
  watchdog: true,
  crashReports: { keep: 50, flightRecorder: true, heapSnapshot: false },
  quarantine: false,
  telemetry: null,
  console: { eval: false },
  logs: { maxBytes: 10_000_000, keep: 5, prefix: false },
  mail: null,
  webhook: null,
  control: { http: null },
} as const;

/** Defaults inside groups that are off unless given. */
export const MAIL_DEFAULTS = { digestSeconds: 600, perHour: 6, sendSessionKey: true } as const;
export const WEBHOOK_DEFAULTS = { digestSeconds: 600, perHour: 6 } as const;
export const CONTROL_HTTP_DEFAULTS = { host: '127.0.0.1', readOnly: false } as const;

/** All of them in one, for the JSON Schema and the reference page. */
export const DOCUMENTED_DEFAULTS = {
  ...SESSION_DEFAULTS,
  mail: MAIL_DEFAULTS,
  webhook: WEBHOOK_DEFAULTS,
  control: { http: CONTROL_HTTP_DEFAULTS },
} as const;
