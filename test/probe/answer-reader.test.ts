import fc from 'fast-check';
import { AnswerReader } from '../../lib/probe/answer-reader.ts';

/** The status once the answer is complete, 'open' before, or the reason of its refusal. */
function read(chunks: readonly (string | Buffer)[], isEnded = false): number | string {
  const reader = new AnswerReader();
  try {
    for (const chunk of chunks) reader.accept(Buffer.from(chunk as string, 'latin1'));
    if (isEnded) reader.end();
  } catch (error) {
    return (error as Error).message;
  }
  return reader.completeStatus ?? 'open';
}

const SIZED = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
const CHUNKED =
  'HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0A\r\n0123456789\r\n0\r\nTrail: er\r\n\r\n';
const EARLY = `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${SIZED}`;
const EMPTY = 'HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n';
const BARE = 'HTTP/1.0 404\r\n\r\n';

describe('AnswerReader', () => {
  it.each([
    ['of a known length', SIZED, 200],
    ['in chunks', CHUNKED, 503],
    ['after early hints', EARLY, 200],
    ['that may have no body', EMPTY, 204],
    ['of no length', 'HTTP/1.1 201 Made\r\nContent-Length: 0\r\n\r\n', 201],
  ])('knows by itself when an answer %s is complete', (_what, text, status) => {
    expect(read([text])).toBe(status);
    expect(read([text.slice(0, -1)])).toBe('open');
    expect(read([text.slice(0, -1)], true)).toBe('the answer was cut off');
  });

  it('takes the end of the connection for the end of an answer without a length', () => {
    expect(read([BARE])).toBe('open');
    expect(read([BARE, 'anything'], true)).toBe(404);
  });

  it.each([
    ['what is not HTTP', ['SSH-2.0\r\n'], /^not an HTTP answer: "SSH-2\.0/],
    ['a TLS alert', [Buffer.from([0x15, 0x03, 0x01])], /^not an HTTP answer/],
    ['a bad status', ['HTTP/1.1 2000 OK\r\n\r\n'], /^not an HTTP answer/],
    ['a bad length', ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'], /^bad Content-Length/],
    [
      'a bad chunk',
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
      /^bad chunk "xyz"/,
    ],
    ['a head without end', ['HTTP/1.1 200 OK\r\nA: ', 'x'.repeat(70_000)], /^the head/],
    [
      'a size without end',
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;', 'x'.repeat(2000)],
      /^a line within/,
    ],
  ])('refuses %s', (_what, chunks, reason) => {
    expect(read(chunks)).toMatch(reason);
  });

  it('says that nothing came', () => {
    expect(read([], true)).toBe('the answer was cut off');
  });

  it('is not moved by what comes after the answer', () => {
    expect(read([SIZED, 'HTTP/1.1 500 Sorry\r\n\r\n'], true)).toBe(200);
  });

  it('reads the same of an answer however it is cut into pieces', () => {
    const answers = fc.constantFrom(SIZED, CHUNKED, EARLY, EMPTY, BARE, 'SSH-2.0-OpenSSH\r\n');
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 200 });
    fc.assert(
      fc.property(answers, sizes, (answer, some) => {
        const pieces: string[] = [];
        let at = 0;
        for (const size of some) {
          pieces.push(answer.slice(at, at + size));
          at += size;
        }
        pieces.push(answer.slice(at));
        const whole = read([answer], true);
        const cut = read(pieces, true);
        // What it is refused for is quoted as far as it has come.
        if (typeof whole === 'string') expect(cut).toMatch(/^not an HTTP answer/);
        else expect(cut).toBe(whole);
      }),
    );
  });

  it('takes no bytes amiss', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (chunks) => {
        const outcome = read([SIZED.slice(0, 20), ...chunks.map((bytes) => Buffer.from(bytes))]);
        expect(['number', 'string']).toContain(typeof outcome);
      }),
    );
  });
});
