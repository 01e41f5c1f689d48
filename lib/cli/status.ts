import { formatStatus } from '../session/monitor/status-text.ts';
import { chooseSession } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { toPrintable } from './output.ts';
import { connectSession } from './session-connection.ts';
import { JSON_FLAG, SESSION_FLAGS } from './session-flags.ts';
import type { Verb } from './verb.ts';

export const statusVerb: Verb = {
  name: 'status',
  describe: 'shows how the server is',
  flags: [...SESSION_FLAGS, JSON_FLAG],
  async run(call) {
    const { status } = await connectSession(chooseSession(call), call.clock);
    if (call.arguments.isOn('json')) call.output.printJson(status);
    else call.output.print(toPrintable(formatStatus(status)));
    return EXIT.ok;
  },
};
