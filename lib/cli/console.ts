import { join } from 'node:path';
import { HistoryFile } from '../console/history-file.ts';
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
    const session = chooseSession(call);
    const { client, status } = await connectSession(session, call.clock);
    const { stdin, stdout } = process;
    const isTerminal = stdin.isTTY && stdout.isTTY;
    if (isTerminal)
      call.output.print(
        `${status.name}: "help" lists the commands, Ctrl-D leaves; the session stays`,
      );
    await attachConsole(client, {
      input: stdin,
      output: stdout,
      clock: call.clock,
      prompt: `${status.name}> `,
      ...(isTerminal ? { history: await openHistory(session.options.stateDirectory) } : {}),
    });
    return EXIT.ok;
  },
};

/** One for each user: root, who may attach to anybody's session, leaves no file that its user cannot write. */
function openHistory(stateDirectory: string): Promise<HistoryFile> {
  const user = process.getuid?.() ?? 0;
  return HistoryFile.open(join(stateDirectory, `console-history.${String(user)}`));
}
