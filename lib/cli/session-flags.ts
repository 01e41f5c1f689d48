import type { VerbFlag } from './verb.ts';

const NAME: VerbFlag = { name: 'name', kind: 'text', describe: 'name of the session' };

/** The flags that say which session is meant. */
export const SESSION_FLAGS: readonly VerbFlag[] = [
  { ...NAME, alias: 'n' },
  { name: 'state-dir', kind: 'text', describe: 'where the session keeps its files' },
  {
    name: 'config',
    alias: 'c',
    kind: 'text',
    describe: 'configuration file (default session.config.json)',
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
  describe: 'key.path=value, any configuration key (repeatable)',
};
