import { parseDead, parseJob, parseLetter, parseNews } from '../../lib/jobs/amqp/job-envelope.ts';
import {
  parseJob as parseKeptJob,
  parseLetter as parseKeptLetter,
} from '../../lib/jobs/embedded/records.ts';
import { parseClientMessage } from '../../lib/jobs/gateway/client-message.ts';
import { parseSessionToken } from '../../lib/jobs/gateway/session-token.ts';
import { fuzzParser } from './fuzz-parser.ts';

const TYPES = ['job', 'cancel', 'ack', 'resume', 'bad'];

describe('a message about a job', () => {
  fuzzParser({
    name: 'job-messages',
    words: [
      '{',
      '}',
      '"type":"job"',
      '"id":',
      '"args":',
      '[',
      '{"a":',
      ',',
      '\n',
      '"',
      '1e400',
      '\\ud800',
    ],
    runs: 1500,
    read: (bytes) => {
      const text = bytes.toString();
      const message = parseClientMessage(text);
      expect(TYPES).toContain(message.type);
      if (message.type === 'bad') expect(message.message.length).toBeLessThan(500);
      if ('id' in message && message.id !== null)
        expect(Buffer.byteLength(message.id)).toBeLessThanOrEqual(128);
      if (message.type === 'job') expect(message.args.length).toBeLessThanOrEqual(text.length * 6);
      parseSessionToken(text);
      for (const kept of [parseKeptJob(text), parseKeptLetter(text)])
        if (kept !== null) expect(typeof kept.head.correlationId).toBe('string');
      expectEnvelopes(bytes);
    },
  });
});

/** Of a server of AMQP anything may come in the properties that JSON can say, and as the body any bytes. */
function expectEnvelopes(bytes: Buffer): void {
  let properties: object = {};
  try {
    const value: unknown = JSON.parse(bytes.toString());
    if (typeof value === 'object' && value !== null) properties = value;
  } catch {
    // The body alone.
  }
  const message = { messageId: 'a/1', correlationId: 'c', ...properties, body: bytes } as never;
  const job = parseJob(message);
  if (job !== null) expect(Number.isFinite(job.job.priority)).toBe(true);
  expect(parseLetter(message).body).toBe(bytes.toString());
  parseNews(message);
  const dead = parseDead(message, 5);
  if (dead !== null) expect(typeof dead.reason.code).toBe('string');
}
