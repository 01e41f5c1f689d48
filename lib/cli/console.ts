import { attachConsole } from '../console/remote-console.ts';
import { chooseSession } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { connectSession } from './session-connection.ts';
import { SESSION_FLAGS } from './session-flags.ts';
import type { Verb } from './verb.ts';

/** `vigil console`. @lazy */
export const consoleVerb: Verb = {
  name: 'console',
  describe: 'attaches the console, until end-of-file',
  flags: SESSION_FLAGS,
  async run(call) {
    const { client, status } = await connectSession(chooseSession(call), call.clock);
    const { stdin, stdout } = process;
    await attachConsole(client, {
      input: stdin,
      output: stdout,
      clock: call.clock,
      prompt: `${status.name}> `,
    });
    return EXIT.ok;
  },
};
