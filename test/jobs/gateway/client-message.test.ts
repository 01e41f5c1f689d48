import { binaryFrame, parseClientMessage } from '../../../lib/jobs/gateway/client-message.ts';

const parse = (value: unknown) => parseClientMessage(JSON.stringify(value));
const job = { type: 'job', id: '1', name: 'resize' };

describe('parseClientMessage', () => {
  it('reads a job, with the defaults of what is not said', () => {
    expect(parse(job)).toEqual({ ...job, args: 'null', priority: 5, timeoutMs: null });
    const full = { ...job, args: { a: [1, 'é'] }, priority: 10, timeoutMs: 1 };
    expect(parse({ ...full, unknown: 1 })).toEqual({ ...full, args: '{"a":[1,"é"]}' });
  });

  it('reads cancel, ack and resume', () => {
    expect(parse({ type: 'cancel', id: 'x' })).toEqual({ type: 'cancel', id: 'x' });
    expect(parse({ type: 'ack', id: 'x' })).toEqual({ type: 'ack', id: 'x' });
    expect(parse({ type: 'resume', session: 't' })).toEqual({ type: 'resume', session: 't' });
  });

  it.each([
    ['text that is no JSON', 'nonsense', /JSON object/],
    ['an array', '[]', /JSON object/],
    ['null', 'null', /JSON object/],
    ['a number', '7', /JSON object/],
    ['no type', '{}', /"type"/],
    ['an unknown type', '{"type":"jobs","id":"1"}', /"type"/],
    ['a type of another kind', '{"type":{}}', /"type"/],
    ['a resume without a token', '{"type":"resume"}', /"session"/],
    [
      'a resume with an endless token',
      `{"type":"resume","session":"${'x'.repeat(300)}"}`,
      /"session"/,
    ],
    ['a cancel without an id', '{"type":"cancel"}', /"id"/],
    ['half a character in an id', '{"type":"ack","id":"\\ud800"}', /"id"/],
  ])('says what is wrong with %s', (_what, text, message) => {
    expect(parseClientMessage(text)).toMatchObject({ type: 'bad', code: 'bad_message' });
    expect((parseClientMessage(text) as { message: string }).message).toMatch(message);
  });

  it.each([
    ['id', undefined],
    ['id', ''],
    ['id', 7],
    ['id', 'é'.repeat(65)],
    ['name', undefined],
    ['name', ''],
    ['name', 'dead'],
    ['name', 'no spaces'],
    ['name', 'x'.repeat(101)],
    ['priority', 0],
    ['priority', 11],
    ['priority', 2.5],
    ['priority', '5'],
    ['priority', null],
    ['timeoutMs', 0],
    ['timeoutMs', -1],
    ['timeoutMs', 1.5],
    ['timeoutMs', 2 ** 31],
    ['timeoutMs', '100'],
  ])('names the field %s of a job when it is %p', (field, value) => {
    const answer = parse({ ...job, [field]: value }) as { message: string; id: string | null };
    expect(answer).toMatchObject({ type: 'bad', id: field === 'id' ? null : '1' });
    expect(answer.message).toContain(`"${field}"`);
  });

  it('takes an id of the greatest length', () => {
    expect(parse({ ...job, id: 'é'.repeat(64) })).toMatchObject({ type: 'job' });
  });

  it('has an answer for a binary frame', () => {
    expect(binaryFrame()).toMatchObject({ code: 'bad_message', id: null });
  });
});
