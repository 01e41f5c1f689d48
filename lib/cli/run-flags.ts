/** One flag of `vigil run`: the table that both the parser of `run` and the help of all verbs are made from. */
export interface RunFlag {
  readonly name: string;
  readonly alias?: string;
  readonly kind: 'text' | 'number' | 'switch' | 'list';
  readonly describe: string;
  /** The configuration key it overrides, when it does. */
  readonly path?: string;
}

export const RUN_FLAGS: readonly RunFlag[] = [
  {
    name: 'config',
    alias: 'c',
    kind: 'text',
    describe: 'configuration file (default session.config.json)',
  },
  { name: 'name', alias: 'n', kind: 'text', describe: 'name of the session', path: 'name' },
  {
    name: 'port',
    alias: 'p',
    kind: 'number',
    describe: 'port of the server',
    path: 'ports.server',
  },
  { name: 'route', kind: 'text', describe: 'health route', path: 'polling.route' },
  {
    name: 'interval',
    kind: 'number',
    describe: 'seconds between polls',
    path: 'polling.intervalSeconds',
  },
  {
    name: 'timeout',
    kind: 'number',
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
    describe: 'seconds from start to ready',
    path: 'startup.deadlineSeconds',
  },
  {
    name: 'policy',
    kind: 'text',
    describe: 'permanent, transient or temporary',
    path: 'restart.policy',
  },
  { name: 'mail-to', kind: 'list', describe: 'who gets crash mails (repeatable)', path: 'mail.to' },
  { name: 'mail-from', kind: 'text', describe: 'sender of mails', path: 'mail.from' },
  {
    name: 'smtp',
    kind: 'text',
    describe: 'mail server, smtp(s)://user:password@host:port',
    path: 'mail.transport',
  },
  {
    name: 'http',
    kind: 'number',
    describe: 'port of the control API and dashboard',
    path: 'control.http.port',
  },
  {
    name: 'state-dir',
    kind: 'text',
    describe: 'where the session keeps its files',
    path: 'stateDirectory',
  },
  { name: 'node-arg', kind: 'list', describe: 'flag for node itself (repeatable)' },
  { name: 'set', kind: 'list', describe: 'key.path=value, any configuration key (repeatable)' },
  { name: 'no-repl', kind: 'switch', describe: 'do not read commands from standard input' },
  { name: 'log', kind: 'text', describe: 'json or text' },
  { name: 'quiet', kind: 'switch', describe: "only warnings and errors of the monitor's own" },
  { name: 'take-over', kind: 'switch', describe: 'replace the monitor that runs this session' },
];
