import { chooseSession } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { toPrintable } from './output.ts';
import { connectSession } from './session-connection.ts';
import { JSON_FLAG, SESSION_FLAGS } from './session-flags.ts';
import type { Verb } from './verb.ts';

export const testAlertVerb: Verb = {
  name: 'test-alert',
  describe: 'sends a test mail, tells what the mail server said',
  flags: [...SESSION_FLAGS, JSON_FLAG],
  async run(call) {
    const { client } = await connectSession(chooseSession(call), call.clock);
    const answer = (await client.request('POST', '/test-alert')) as { response: string };
    if (call.arguments.isOn('json')) call.output.printJson(answer);
    else call.output.print(toPrintable(`accepted by the mail server: ${answer.response}`));
    return EXIT.ok;
  },
};
