import type { VerbFlag } from './verb.ts';

const NAME: VerbFlag = {
  name: 'name',
  kind: 'text',
  value: 'NAME',
  completes: 'sessions',
  describe: 'name of the session',
};

/** The flags that say which session is meant. */
export const SESSION_FLAGS: readonly VerbFlag[] = [
  { ...NAME, alias: 'n' },
  {
    name: 'state-dir',
    kind: 'text',
    value: 'DIR',
    completes: 'directories',
    describe: 'where the session keeps its files',
  },
  {
    name: 'config',
    alias: 'c',
    kind: 'text',
    value: 'FILE',
    completes: 'files',
    describe: 'configuration (default session.config.json)',
  },
];

/** The same for commands in which `-n` is a number of lines. */
export const SESSION_FLAGS_WITHOUT_N: readonly VerbFlag[] = [NAME, ...SESSION_FLAGS.slice(1)];

export const JSON_FLAG: VerbFlag = {
  name: 'json',
  kind: 'switch',
  describe: 'print one JSON document',
};

/** For commands that look at a configuration rather than at a session. */
export const SET_FLAG: VerbFlag = {
  name: 'set',
  kind: 'list',
  value: 'KEY=VALUE',
  completes: 'settings',
  describe: 'any key of the configuration',
};
