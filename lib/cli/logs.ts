import { VigilError } from '../errors.ts';
import { chooseSession } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { followFile } from './follow-file.ts';
import { createInterruption } from './interruption.ts';
import { readLastLines } from './last-lines.ts';
import { LINES_FLAG, readLineCount } from './line-count.ts';
import { JSON_FLAG, SESSION_FLAGS_WITHOUT_N } from './session-flags.ts';
import type { Verb } from './verb.ts';

/** `vigil logs`. @lazy */
export const logsVerb: Verb = {
  name: 'logs',
  describe: "shows the last lines of the server's output",
  flags: [
    { name: 'follow', alias: 'f', kind: 'switch', describe: 'go on with what is written' },
    LINES_FLAG,
    ...SESSION_FLAGS_WITHOUT_N,
    JSON_FLAG,
  ],
  async run(call) {
    const { arguments: given, output } = call;
    const follow = given.isOn('follow');
    const count = readLineCount(given);
    if (follow && given.isOn('json')) {
      throw new VigilError('ERR_USAGE', '--json prints one document, which --follow never ends');
    }
    const { file, keep } = chooseSession(call).options.logs;
    const newest = readLastLines(file, count, keep);
    const { lines, end } = newest;
    if (given.isOn('json')) output.printJson({ file, lines });
    else for (const line of lines) output.print(line);
    if (!follow && end === 0 && lines.length === 0) output.note(`no output yet in ${file}`);
    if (follow) {
      const signal = createInterruption();
      for await (const chunk of followFile(file, newest, { clock: call.clock, signal })) {
        output.pass(chunk);
      }
    }
    return EXIT.ok;
  },
};
