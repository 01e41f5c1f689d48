import {
  createThrownReply,
  createValueReply,
  LONGEST_VALUE,
} from '../../../lib/jobs/worker/job-reply.ts';

const codeOf = (reply: string): unknown => JSON.parse(reply).error?.code;

describe('createValueReply', () => {
  it.each([
    [{ a: [1, null] }, { a: [1, null] }],
    [undefined, null],
    [() => 1, null],
    ['', ''],
  ])('sends %p as %p', (value, expected) => {
    expect(JSON.parse(createValueReply(value))).toEqual({ ok: true, value: expected });
  });

  const circle: unknown[] = [];
  circle.push(circle);
  it.each([
    ['a bigint', 1n],
    ['a circle', circle],
    [
      'what throws when it is read',
      {
        toJSON: () => {
          throw new Error('no');
        },
      },
    ],
    ['what is too long', 'x'.repeat(LONGEST_VALUE)],
  ])('fails the job for %s', (_name, value) => {
    expect(codeOf(createValueReply(value))).toBe('handler_failed');
  });
});

describe('createThrownReply', () => {
  it.each([
    [Object.assign(new Error('no'), { code: 'own_code' }), { code: 'own_code', message: 'no' }],
    [new Error('no'), { code: 'handler_failed', message: 'no' }],
    [Object.assign(new Error('no'), { code: 7 }), { code: 'handler_failed', message: 'no' }],
    ['a text', { code: 'handler_failed', message: 'a text' }],
    [undefined, { code: 'handler_failed', message: 'undefined' }],
    [{ odd: 1 }, { code: 'handler_failed', message: '{ odd: 1 }' }],
  ])('says of %p what it can', (thrown, error) => {
    expect(JSON.parse(createThrownReply(thrown))).toEqual({ ok: false, error });
  });

  it('survives an error that throws when it is looked at', () => {
    const thrown = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    expect(codeOf(createThrownReply(thrown))).toBe('handler_failed');
  });

  it('bounds what it says', () => {
    const error = Object.assign(new Error('x'.repeat(100_000)), { code: 'c'.repeat(1000) });
    expect(createThrownReply(error).length).toBeLessThan(11_000);
  });
});
