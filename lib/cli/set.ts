import { parseSessionSettingValue } from '../session/options/parse-session-setting.ts';
import { chooseSession } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { connectSession } from './session-connection.ts';
import { JSON_FLAG, SESSION_FLAGS } from './session-flags.ts';
import type { Verb } from './verb.ts';

export const setVerb: Verb = {
  name: 'set',
  describe: 'changes an option until the session ends',
  words: [
    { name: 'key.path', describe: 'the option, as in the configuration file' },
    { name: 'value', describe: 'JSON, else a text; durations in seconds' },
  ],
  flags: [...SESSION_FLAGS, JSON_FLAG],
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
