import { CommandTable, MAX_LINE_BYTES } from '../../lib/console/command-table.ts';
import { LineSplitter } from '../../lib/console/line-splitter.ts';
import { tokenize, tokenizePartial } from '../../lib/console/tokenize.ts';
import { VigilError } from '../../lib/errors.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { fuzzParser } from './fuzz-parser.ts';

const table = new CommandTable({ clock: systemClock });
table.addReplCommand('say', [/.*/], ([text]) => text);
table.addReplCommand('port', ['\\w+', '\\d{1,5}'], ([name, port]) => `${name}:${port}`);

/** Of a text that is nothing but ends of lines a few will do. */
const MOST_LINES = 10;

const CODES = ['ERR_COMMAND_ARGUMENT', 'ERR_COMMAND_UNKNOWN'];

describe('a line of the console', () => {
  fuzzParser({
    name: 'command-lines',
    words: ['help ', 'say ', 'port web 80', '"', "'", '\\', ' ', '\n', '\u0000', 'é'],
    runs: 400,
    read: async (bytes) => {
      for (const line of cut(bytes).slice(0, MOST_LINES)) {
        const outcome = await table.run(line);
        if (!outcome.ok) expect(CODES).toContain(outcome.error.code);
        const [proposals, replaced] = table.complete(line);
        expect(proposals.every((proposal) => proposal.length > 0)).toBe(true);
        expect(line.endsWith(replaced)).toBe(true);
        expectWords(line);
      }
    },
  });
});

/** In pieces that end anywhere. */
function cut(bytes: Buffer): string[] {
  const splitter = new LineSplitter(MAX_LINE_BYTES);
  const middle = bytes.length >> 1;
  const lines = [
    ...splitter.push(bytes.subarray(0, middle)),
    ...splitter.push(bytes.subarray(middle)),
  ];
  const last = splitter.end();
  const all = last === undefined ? lines : [...lines, last];
  for (const line of all) expect(line.length).toBeLessThanOrEqual(MAX_LINE_BYTES + 1);
  return all;
}

function expectWords(line: string): void {
  const { words, current } = tokenizePartial(line);
  expect([...words, current].join('').length).toBeLessThanOrEqual(line.length);
  try {
    expect(tokenize(line).join('').length).toBeLessThanOrEqual(line.length);
  } catch (error) {
    if (!(error instanceof VigilError)) throw error;
    expect(error.code).toBe('ERR_COMMAND_ARGUMENT');
  }
}
