import type { VerbFlag } from './verb.ts';

/** One flag of `vigil run`: the table that both the parser of `run` and the help of all verbs are made from. */
export interface RunFlag extends VerbFlag {
  /** The configuration key it overrides, when it does. */
  readonly path?: string;
}

export const RUN_FLAGS: readonly RunFlag[] = [
  {
    name: 'config',
    alias: 'c',
    kind: 'text',
    value: 'FILE',
    completes: 'files',
    describe: 'configuration (default session.config.json)',
  },
  {
    name: 'name',
    alias: 'n',
    kind: 'text',
    value: 'NAME',
    completes: 'sessions',
    describe: 'name of the session',
    path: 'name',
  },
  {
    name: 'port',
    alias: 'p',
    kind: 'number',
    value: 'PORT',
    describe: 'port of the server',
    path: 'ports.server',
  },
  { name: 'route', kind: 'text', value: 'PATH', describe: 'health route', path: 'polling.route' },
  {
    name: 'interval',
    kind: 'number',
    value: 'SECONDS',
    describe: 'seconds between polls',
    path: 'polling.intervalSeconds',
  },
  {
    name: 'timeout',
    kind: 'number',
    value: 'SECONDS',
    describe: 'seconds a poll may take',
    path: 'polling.timeoutSeconds',
  },
  {
    name: 'tolerance',
    kind: 'number',
    describe: 'failed polls tolerated in a row',
    path: 'polling.failureTolerance',
  },
  {
    name: 'startup-deadline',
    kind: 'number',
    value: 'SECONDS',
    describe: 'seconds from start to ready',
    path: 'startup.deadlineSeconds',
  },
  {
    name: 'policy',
    kind: 'text',
    value: 'POLICY',
    completes: ['permanent', 'transient', 'temporary'],
    describe: 'permanent, transient or temporary',
    path: 'restart.policy',
  },
  {
    name: 'mail-to',
    kind: 'list',
    value: 'ADDRESS',
    describe: 'who gets crash mails',
    path: 'mail.to',
  },
  {
    name: 'mail-from',
    kind: 'text',
    value: 'ADDRESS',
    describe: 'sender of mails',
    path: 'mail.from',
  },
  {
    name: 'smtp',
    kind: 'text',
    value: 'URL',
    describe: 'mail server: smtp(s)://user:password@host:port',
    path: 'mail.transport',
  },
  {
    name: 'http',
    kind: 'number',
    value: 'PORT',
    describe: 'port of the control API and dashboard',
    path: 'control.http.port',
  },
  {
    name: 'state-dir',
    kind: 'text',
    value: 'DIR',
    completes: 'directories',
    describe: 'where the session keeps its files',
    path: 'stateDirectory',
  },
  { name: 'node-arg', kind: 'list', value: 'FLAG', describe: 'flag for node itself' },
  {
    name: 'set',
    kind: 'list',
    value: 'KEY=VALUE',
    completes: 'settings',
    describe: 'any key of the configuration',
  },
  { name: 'no-repl', kind: 'switch', describe: 'do not read commands from standard input' },
  {
    name: 'log',
    kind: 'text',
    value: 'FORM',
    completes: ['text', 'json'],
    describe: 'json or text',
  },
  { name: 'quiet', kind: 'switch', describe: "only warnings and errors of the monitor's own" },
  { name: 'take-over', kind: 'switch', describe: 'replace the monitor that runs this session' },
];
