import { BANNER } from '../../lib/fleet/hosts/agent-protocol.ts';
import { MessageLines } from '../../lib/fleet/hosts/message-lines.ts';
import {
  parseAgentLine,
  parseFirstWord,
  parseHeldServers,
} from '../../lib/fleet/hosts/parse-agent-line.ts';
import { fuzzParser } from './fuzz-parser.ts';

const LONGEST = 8192;
const KINDS = ['answer', 'refusal', 'news'];

describe('what a host of a fleet says', () => {
  fuzzParser({
    name: 'agent-lines',
    words: [
      BANNER,
      '{"id":1,',
      '"answer":{',
      '"news":"ended"',
      '}',
      '\n',
      '"pid":',
      '"end":{',
      '[',
      'null',
    ],
    runs: 1500,
    read: (bytes) => {
      const middle = bytes.length >> 1;
      const whole = cut([bytes]);
      expect(cut([bytes.subarray(0, middle), bytes.subarray(middle)])).toEqual(whole);
      for (const line of whole.slice(0, 100)) {
        parseFirstWord(line);
        const message = parseAgentLine(line);
        if (message === null) continue;
        expect(KINDS).toContain(message.kind);
        if (message.kind === 'refusal') expect(message.message.length).toBeLessThanOrEqual(2000);
        if (message.kind !== 'answer') continue;
        for (const { id, pid } of parseHeldServers(message.answer['servers']))
          expect([typeof id, typeof pid]).toEqual(['string', 'number']);
      }
    },
  });
});

function cut(chunks: readonly Buffer[]): string[] {
  const reader = new MessageLines(LONGEST);
  const all: string[] = [];
  for (const chunk of chunks) {
    const { lines, isTooLong } = reader.push(chunk);
    all.push(...lines);
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(LONGEST * 3);
    // The channel is given up then.
    if (isTooLong) return all;
  }
  return all;
}
