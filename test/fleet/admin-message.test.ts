import fc from 'fast-check';
import {
  type AdminMessage,
  composeAdminMessage,
  composePlain,
  errorTextOf,
  MOST_MESSAGE_BYTES,
  parseAdminMessage,
  readPayload,
} from '../../lib/fleet/protocol/admin-message.ts';

const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const name = fc.string({ minLength: 1, maxLength: 256 });

const messages: fc.Arbitrary<AdminMessage> = fc.oneof(
  fc.record({ kind: fc.constant('request' as const), id, moduleId: name, body: json }),
  fc.record({ kind: fc.constant('notice' as const), moduleId: name, body: json }),
  fc.record({ kind: fc.constant('answer' as const), id, error: json, body: json }),
  fc.record({
    kind: fc.constant('command' as const),
    id: fc.option(id),
    command: name,
    moduleId: fc.option(name),
    body: json,
  }),
);

function roundTrip(message: AdminMessage): unknown {
  return parseAdminMessage(readPayload(composeAdminMessage(message)));
}

describe('a message of a fleet', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(roundTrip(message)).toEqual(message);
      }),
    );
  });

  it('is encoded twice, but for a notice', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const outer: unknown = JSON.parse(composeAdminMessage(message).toString());
        expect(typeof outer).toBe(message.kind === 'notice' ? 'object' : 'string');
      }),
    );
  });

  it('has null in the place of an error that is not there, and tells an Error by its text alone', () => {
    const answer = { kind: 'answer', id: 1, body: 1 } as const;
    expect(roundTrip({ ...answer, error: undefined })).toMatchObject({ error: null });
    expect(roundTrip({ ...answer, error: new Error('why') })).toMatchObject({
      error: { message: 'why' },
    });
  });

  it.each([
    null,
    1,
    [],
    {},
    { reqId: 1 },
    { moduleId: '' },
    { moduleId: 'x'.repeat(257) },
    { reqId: 0, moduleId: {} },
    { respId: -1 },
    { respId: 1.5 },
    { respId: '1' },
  ])('is none when it is %j', (value) => {
    expect(parseAdminMessage(value)).toBeNull();
  });

  it('never takes what an object has of its prototype', () => {
    expect(parseAdminMessage(JSON.parse('{"__proto__":{"moduleId":"m"}}'))).toBeNull();
  });

  it('refuses bytes that are no JSON, and values that are too long or cannot be written', () => {
    const code = expect.objectContaining({ code: 'ERR_FLEET_MESSAGE' });
    expect(() => readPayload(Buffer.from('{'))).toThrow(code);
    expect(() => readPayload(Buffer.from([0xff, 0xfe]))).toThrow(code);
    expect(() => composePlain(1n)).toThrow(code);
    expect(() => composePlain('x'.repeat(MOST_MESSAGE_BYTES))).toThrow(code);
  });
});

describe('errorTextOf', () => {
  it.each([
    [null, null],
    [undefined, null],
    ['', null],
    ['why', 'why'],
    [{ message: 'why', stack: 'where' }, 'why'],
    [{ code: 5 }, '{"code":5}'],
    [7, '7'],
  ])('reads %j as %j', (error, text) => {
    expect(errorTextOf(error)).toBe(text);
  });
});
