import { EsfError } from '../../lib/lwes/esf-error.ts';
import { measureEsf } from '../../lib/lwes/measure-esf.ts';
import { parseEsf } from '../../lib/lwes/parse-esf.ts';
import { fuzzParser } from './fuzz-parser.ts';

describe('an event specification', () => {
  fuzzParser({
    name: 'event-specifications',
    words: [
      '{',
      '}',
      '[',
      ']',
      ';',
      '=',
      '"',
      '\\',
      '#',
      '\n',
      'string ',
      'required ',
      'Event {',
      '1',
    ],
    runs: 1500,
    read: (bytes) => {
      try {
        const esf = parseEsf(bytes.toString(), { file: 'events.esf' });
        expect(measureEsf(esf)).toHaveLength(esf.events.size);
      } catch (error) {
        if (!(error instanceof EsfError)) throw error;
        expect(error).toMatchObject({ code: 'ERR_ESF' });
        expect(error.message).toMatch(/^events\.esf:\d+:\d+: [^\n]+$/);
        expect(error.message.length).toBeLessThan(5000);
      }
    },
  });
});
