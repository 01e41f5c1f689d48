import fc from 'fast-check';
import { MessageLines } from '../../../lib/fleet/hosts/message-lines.ts';
import { parseAgentLine, parseFirstWord } from '../../../lib/fleet/hosts/parse-agent-line.ts';
import { parseOrder } from '../../../lib/fleet/hosts/agent/parse-order.ts';

describe('MessageLines', () => {
  it('gives the lines as they were sent, wherever the bytes are cut', () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify({ text }));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(400)), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((one) => `${one}\n`).join(''));
        const reader = new MessageLines();
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const got = places
          .slice(1)
          .flatMap((end, at) => reader.push(bytes.subarray(places[at], end)).lines);
        expect(got).toEqual(lines);
      }),
    );
  });

  it('says so when a line is too long, whether or not its end has come', () => {
    expect(new MessageLines(4).push(Buffer.from('abcd\nefgh'))).toEqual({
      lines: ['abcd'],
      isTooLong: false,
    });
    expect(new MessageLines(4).push(Buffer.from('ab\nabcde'))).toMatchObject({ isTooLong: true });
    const reader = new MessageLines(4);
    reader.push(Buffer.from('abc'));
    expect(reader.push(Buffer.from('de\nf\n'))).toEqual({ lines: [], isTooLong: true });
  });
});

describe('what comes over the channel', () => {
  it('is read without an error, whatever it is', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.string().map((text) => `VIGIL-AGENT ${text}`),
      fc.json().map((text) => `VIGIL-AGENT ${text}`),
    );
    fc.assert(
      fc.property(anything, (line) => {
        parseFirstWord(line);
        parseAgentLine(line);
        parseOrder(line);
      }),
    );
  });

  it('is an order only with the fields of that order, each of its kind', () => {
    const order = { server: 'chat-1', pid: 12, startTime: '34', signal: 'SIGTERM' };
    const line = (verb: string, fields: object): string =>
      JSON.stringify({ id: 1, verb, order: fields });
    expect(parseOrder(line('signal', order))).toEqual({ id: 1, verb: 'signal', order });
    const wrong = { id: 1, verb: null };
    expect(parseOrder(line('signal', { ...order, server: '../x' }))).toEqual(wrong);
    expect(parseOrder(line('signal', { server: 'chat-1' }))).toEqual(wrong);
    expect(parseOrder(line('toString', {}))).toEqual(wrong);
    expect(parseOrder('{"verb":"beat"}')).toBeNull();
  });

  it('passes over what the shell of a host writes before the agent', () => {
    expect(parseFirstWord('Welcome to web1!')).toBeNull();
    expect(parseFirstWord('VIGIL-AGENT {"has":true}')).toEqual({ has: true });
    expect(
      parseFirstWord('VIGIL-AGENT {"hello":{"protocol":1,"node":"22.1.0","platform":"linux"}}'),
    ).toEqual({ hello: { protocol: 1, node: '22.1.0', platform: 'linux', boot: null } });
  });
});
