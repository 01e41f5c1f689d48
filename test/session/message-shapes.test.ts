import { isSoundMessage } from '../../lib/session/monitor/message-shapes.ts';

describe('isSoundMessage', () => {
  it.each([
    [0, true],
    [-1, true],
    [300, true],
    [Number.NaN, true],
    ['7', false],
    [undefined, false],
  ])('takes an order to end the session with the code %p: %p', (errorCode, expected) => {
    expect(isSoundMessage('kill', { reason: 'done', graceful: true, errorCode })).toBe(expected);
  });
});
