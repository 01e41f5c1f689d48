import type { SessionExplanation } from '../session/monitor/explanation.ts';
import { formatExplanation } from '../session/monitor/explanation-text.ts';
import { chooseSession } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { toPrintable } from './output.ts';
import { connectSession } from './session-connection.ts';
import { JSON_FLAG, SESSION_FLAGS } from './session-flags.ts';
import type { Verb } from './verb.ts';

/** `vigil explain`. @lazy */
export const explainVerb: Verb = {
  name: 'explain',
  describe: 'shows what would be decided next, and why',
  flags: [...SESSION_FLAGS, JSON_FLAG],
  async run(call) {
    const { client } = await connectSession(chooseSession(call), call.clock);
    const explanation = (await client.request('GET', '/explain')) as SessionExplanation;
    if (call.arguments.isOn('json')) call.output.printJson(explanation);
    else call.output.print(toPrintable(formatExplanation(explanation)));
    return EXIT.ok;
  },
};
