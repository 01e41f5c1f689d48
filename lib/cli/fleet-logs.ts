import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nearestName } from '../config/nearest-name.ts';
import { VigilError } from '../errors.ts';
import { EXIT } from './exit-codes.ts';
import { DIRECTORY_FLAG, findFleetBase, logsOf } from './fleet-base.ts';
import { followFile } from './follow-file.ts';
import { createInterruption } from './interruption.ts';
import { readLastLines } from './last-lines.ts';
import { LINES_FLAG, readLineCount } from './line-count.ts';
import { listRotatedFiles } from './rotated-files.ts';
import type { Verb } from './verb.ts';

/** `vigil fleet logs`. @lazy */
export const fleetLogsVerb: Verb = {
  name: 'fleet logs',
  describe: 'shows the last lines of what a server of a fleet, or the master, has written',
  words: [{ name: 'id', describe: 'of the server, or of the master' }],
  flags: [
    { name: 'follow', alias: 'f', kind: 'switch', describe: 'go on with what is written' },
    LINES_FLAG,
    DIRECTORY_FLAG,
  ],
  examples: ['vigil fleet logs chat-server-1 -n 50', 'vigil fleet logs master-server-1 -f'],
  async run(call) {
    const { arguments: given, output, clock } = call;
    const file = findLog(findFleetBase(call), given.text('id') ?? '');
    const newest = readLastLines(file, readLineCount(given), listRotatedFiles(file).length - 1);
    for (const line of newest.lines) output.print(line);
    if (!given.isOn('follow')) return EXIT.ok;
    const signal = createInterruption();
    for await (const chunk of followFile(file, newest, { clock, signal })) output.pass(chunk);
    return EXIT.ok;
  },
};

/** @throws ERR_FLEET_COMMAND naming the ids there are */
function findLog(base: string, id: string): string {
  const folder = logsOf(base);
  const file = join(folder, `${id}.log`);
  // A name, never a path.
  if (/^[A-Za-z0-9_][\w.-]{0,99}$/.test(id) && existsSync(file)) return file;
  const ids = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.log'))
        .map((name) => name.slice(0, -'.log'.length))
    : [];
  const near = nearestName(id, ids);
  const hint =
    near === undefined ? `there are: ${ids.join(', ') || 'none'}` : `did you mean "${near}"?`;
  throw new VigilError(
    'ERR_FLEET_COMMAND',
    `nothing that "${id.slice(0, 100)}" has written is in ${folder}: ${hint}`,
  );
}
