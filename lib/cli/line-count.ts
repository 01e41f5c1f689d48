import { VigilError } from '../errors.ts';
import type { VerbArguments, VerbFlag } from './verb.ts';

export const LINES_FLAG: VerbFlag = {
  name: 'lines',
  alias: 'n',
  kind: 'number',
  describe: 'how many of the last ones (default 50)',
};

const DEFAULT_LINES = 50;
const MOST_LINES = 1_000_000;

/** How many of the last lines are wanted. @throws ERR_USAGE */
export function readLineCount(given: VerbArguments): number {
  const text = given.text(LINES_FLAG.name);
  if (text === undefined) return DEFAULT_LINES;
  const count = /^\d{1,7}$/.test(text) ? Number(text) : NaN;
  if (count <= MOST_LINES) return count;
  throw new VigilError(
    'ERR_USAGE',
    `-n expects a whole number up to ${MOST_LINES}, found ${JSON.stringify(text)}`,
  );
}
