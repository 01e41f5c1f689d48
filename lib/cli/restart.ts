import { chooseSession } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { connectSession } from './session-connection.ts';
import { JSON_FLAG, SESSION_FLAGS } from './session-flags.ts';
import { withProgress } from './with-progress.ts';
import type { Verb } from './verb.ts';

/** `vigil restart`. @lazy */
export const restartVerb: Verb = {
  name: 'restart',
  describe: 'ends the server process, then starts a new one',
  flags: [
    { name: 'force', kind: 'switch', describe: 'kill the old process at once, without a drain' },
    ...SESSION_FLAGS,
    JSON_FLAG,
  ],
  async run(call) {
    const { client } = await connectSession(chooseSession(call), call.clock);
    const force = call.arguments.isOn('force');
    const work = client.request('POST', '/restart', { force }) as Promise<{ generation: number }>;
    const answer = await withProgress(call, { verb: 'restart', client, work });
    if (call.arguments.isOn('json')) call.output.printJson(answer);
    else call.output.print(`restarted: server #${answer.generation} is ready`);
    return EXIT.ok;
  },
};
