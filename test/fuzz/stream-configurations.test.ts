import { decodeEvent } from '../../lib/lwes/decode-event.ts';
import { ClientConfigError } from '../../lib/stream/client-config-error.ts';
import { EventProjector } from '../../lib/stream/event-projector.ts';
import { parseClientConfig } from '../../lib/stream/parse-client-config.ts';
import { fuzzParser } from './fuzz-parser.ts';

const SEARCH = decodeEvent(
  Buffer.from('06536561726368000104' + '7465726d0500096162632d31323321' + '21', 'hex'),
);
const MOST_SHOWN = 50_000;

describe('what a client of the stream sends', () => {
  fuzzParser({
    name: 'stream-configurations',
    words: [
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '\\',
      ',',
      ':',
      '(a+)+',
      '(?:',
      '{1000}',
      '.*',
      '[^',
      '\\p{L}',
      '((',
    ],
    runs: 600,
    read: (bytes) => {
      try {
        const { config, delivery } = parseClientConfig(bytes.toString(), 'drop-oldest');
        expect(delivery.batchSize).toBeGreaterThanOrEqual(1);
        const projector = new EventProjector(config, ({ value }) => JSON.stringify(String(value)));
        const projection = projector.project({ event: SEARCH, number: 1 });
        if (projection !== null)
          expect(JSON.parse(projection.text)).toMatchObject({ name: 'Search' });
      } catch (error) {
        if (!(error instanceof ClientConfigError)) throw error;
        expect(error.message.length).toBeLessThan(MOST_SHOWN);
      }
    },
  });
});
