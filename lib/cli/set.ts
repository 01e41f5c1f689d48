import { parseSessionSettingValue } from '../session/options/parse-session-setting.ts';
import { chooseSession } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { connectSession } from './session-connection.ts';
import { JSON_FLAG, SESSION_FLAGS } from './session-flags.ts';
import type { Verb } from './verb.ts';

/** `vigil set`. @lazy */
export const setVerb: Verb = {
  name: 'set',
  describe: 'changes an option until the session ends',
  words: [
    {
      name: 'key.path',
      describe: 'the option, as in the configuration file',
      completes: 'configKeys',
    },
    {
      name: 'value',
      describe: 'JSON, else a text; durations in seconds',
      completes: 'configValues',
    },
  ],
  flags: [...SESSION_FLAGS, JSON_FLAG],
  examples: ['vigil set polling.intervalSeconds 5', 'vigil set restart.policy temporary'],
  async run(call) {
    const path = call.arguments.text('key.path') ?? '';
    const value = parseSessionSettingValue(path, call.arguments.text('value') ?? '');
    const { client } = await connectSession(chooseSession(call), call.clock);
    await client.request('POST', '/set', { path, value });
    if (call.arguments.isOn('json')) call.output.printJson({ path, value });
    else call.output.print(`${path} is now ${JSON.stringify(value)}`);
    return EXIT.ok;
  },
};
