import { endSession } from './session-ending.ts';
import { JSON_FLAG, SESSION_FLAGS } from './session-flags.ts';
import type { Verb } from './verb.ts';

/** `vigil stop`. @lazy */
export const stopVerb: Verb = {
  name: 'stop',
  describe: 'ends the session in order, waits for its end',
  flags: [
    { name: 'force', kind: 'switch', describe: 'without a drain' },
    ...SESSION_FLAGS,
    JSON_FLAG,
  ],
  run: (call) =>
    endSession(call, {
      path: '/stop',
      body: { force: call.arguments.isOn('force') },
      done: 'stopped',
    }),
};
