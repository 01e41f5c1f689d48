import { VigilError } from '../../lib/errors.ts';
import { AnswerReader } from '../../lib/probe/answer-reader.ts';
import { fuzzParser } from './fuzz-parser.ts';

describe('the answer of a health route', () => {
  fuzzParser({
    name: 'probe-answers',
    words: [
      'HTTP/1.1 200 OK\r\n',
      'content-length: ',
      '\r\n',
      '\r\n\r\n',
      'ffffffff\r\n',
      '0\r\n\r\n',
      ': ',
    ],
    runs: 1500,
    read: (bytes) => {
      const whole = outcomeOf([bytes]);
      const middle = bytes.length >> 1;
      const cut = outcomeOf([bytes.subarray(0, middle), bytes.subarray(middle)]);
      // What it is refused for is quoted as far as it has come.
      if (typeof whole === 'number' || typeof cut === 'number') expect(cut).toBe(whole);
    },
  });
});

function outcomeOf(chunks: readonly Buffer[]): number | string {
  const reader = new AnswerReader();
  try {
    for (const chunk of chunks) reader.accept(chunk);
    reader.end();
    const status = reader.completeStatus ?? 0;
    expect(status).toBeGreaterThanOrEqual(100);
    return status;
  } catch (error) {
    if (!(error instanceof VigilError)) throw error;
    expect(error.code).toBe('ERR_PROBE_FAILED');
    expect(error.message.length).toBeLessThan(500);
    return error.message;
  }
}
