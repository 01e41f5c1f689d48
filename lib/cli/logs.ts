import { LineCutter } from '../util/line-cutter.ts';
import { chooseSession } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { followFile, type FollowStart } from './follow-file.ts';
import { createInterruption } from './interruption.ts';
import { readLastLines } from './last-lines.ts';
import { LINES_FLAG, readLineCount } from './line-count.ts';
import { listRotatedFiles } from './rotated-files.ts';
import { JSON_FLAG, SESSION_FLAGS_WITHOUT_N } from './session-flags.ts';
import type { Verb, VerbCall } from './verb.ts';

/** `vigil logs`. @lazy */
export const logsVerb: Verb = {
  name: 'logs',
  describe: "shows the last lines of the server's output",
  flags: [
    { name: 'follow', alias: 'f', kind: 'switch', describe: 'go on with what is written' },
    LINES_FLAG,
    ...SESSION_FLAGS_WITHOUT_N,
    { ...JSON_FLAG, describe: 'print one JSON object a line' },
  ],
  async run(call) {
    const { arguments: given, output } = call;
    const count = readLineCount(given);
    const { file } = chooseSession(call).options.logs;
    const newest = readLastLines(file, count, listRotatedFiles(file).length - 1);
    const isJson = given.isOn('json');
    for (const line of newest.lines) {
      if (isJson) output.printJsonLine({ line });
      else output.print(line);
    }
    if (given.isOn('follow')) {
      await follow(call, file, newest);
    } else if (newest.end === 0 && newest.lines.length === 0) {
      output.note(`no output yet in ${file}`);
    }
    return EXIT.ok;
  },
};

async function follow(
  { arguments: given, clock, output }: VerbCall,
  file: string,
  from: FollowStart,
): Promise<void> {
  const signal = createInterruption();
  const cutter = given.isOn('json') ? new LineCutter() : null;
  for await (const chunk of followFile(file, from, { clock, signal })) {
    if (cutter === null) output.pass(chunk);
    else {
      for (const { text, isPartial } of cutter.push(chunk)) {
        output.printJsonLine({ line: text, ...(isPartial ? { partial: true } : {}) });
      }
    }
  }
}
