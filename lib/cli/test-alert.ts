import type { TestAlertReply, TestAlertResult } from '../session/monitor/notifications.ts';
import { chooseSession } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { toPrintable, type Output } from './output.ts';
import { connectSession } from './session-connection.ts';
import { JSON_FLAG, SESSION_FLAGS } from './session-flags.ts';
import { withProgress } from './with-progress.ts';
import type { Verb } from './verb.ts';

/** `vigil test-alert`. @lazy */
export const testAlertVerb: Verb = {
  name: 'test-alert',
  describe: 'sends a test alert and tells what was answered',
  flags: [...SESSION_FLAGS, JSON_FLAG],
  async run(call) {
    const { client } = await connectSession(chooseSession(call), call.clock);
    const work = client.request('POST', '/test-alert') as Promise<TestAlertReply>;
    const reply = await withProgress(call, { verb: 'test-alert', client, work });
    if (call.arguments.isOn('json')) call.output.printJson(reply);
    else {
      printResult(call.output, 'mail: accepted by the mail server', reply.mail);
      printResult(call.output, 'webhook: accepted by its receiver', reply.webhook);
    }
    const results = [reply.mail, reply.webhook];
    return results.some((result) => result?.ok === false) ? EXIT.failed : EXIT.ok;
  },
};

function printResult(output: Output, accepted: string, result: TestAlertResult | null): void {
  if (result?.ok === true) output.print(toPrintable(`${accepted}: ${result.response}`));
  else if (result !== null) {
    const text = accepted.replace('accepted', 'NOT accepted');
    output.note(toPrintable(`${text}: ${result.error.message} (${result.error.code})`));
  }
}
