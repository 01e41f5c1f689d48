import { endSession } from './session-ending.ts';
import { JSON_FLAG, SESSION_FLAGS } from './session-flags.ts';
import type { Verb } from './verb.ts';

/** `vigil kill`. @lazy */
export const killVerb: Verb = {
  name: 'kill',
  describe: 'ends the session at once, the server by SIGKILL',
  flags: [...SESSION_FLAGS, JSON_FLAG],
  run: (call) => endSession(call, { path: '/kill', done: 'killed' }),
};
