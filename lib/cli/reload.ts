import type { ReloadReply } from '../http/control-port.ts';
import { chooseSession } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { toPrintable } from './output.ts';
import { connectSession } from './session-connection.ts';
import { JSON_FLAG, SESSION_FLAGS } from './session-flags.ts';
import { withProgress } from './with-progress.ts';
import type { Verb } from './verb.ts';

/** `vigil reload`. @lazy */
export const reloadVerb: Verb = {
  name: 'reload',
  describe: 'starts a new one first, switches without a gap',
  flags: [...SESSION_FLAGS, JSON_FLAG],
  async run(call) {
    const { client } = await connectSession(chooseSession(call), call.clock);
    const work = client.request('POST', '/reload') as Promise<ReloadReply>;
    const verdict = await withProgress(call, { verb: 'reload', client, work });
    if (call.arguments.isOn('json')) call.output.printJson(verdict);
    else if (verdict.ok) call.output.print('reload succeeded');
    else if (verdict.code === undefined) call.output.print(toPrintable(verdict.reason ?? ''));
    else call.output.note(verdict.reason ?? verdict.code);
    if (verdict.ok) return EXIT.ok;
    return verdict.code === 'ERR_RELOAD_IN_PROGRESS' ? EXIT.inProgress : EXIT.failed;
  },
};
