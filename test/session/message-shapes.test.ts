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

  const request = { method: 'GET', path: '/tea', ageMs: 5 };
  it.each([
    [[], true],
    [[request, { ...request, atLeast: true, upgraded: true }], true],
    [Array.from({ length: 20 }, () => request), true],
    [Array.from({ length: 21 }, () => request), false],
    [[{ ...request, path: 'x'.repeat(1000) }], false],
    [[{ ...request, method: 7 }], false],
    [[{ ...request, ageMs: -1 }], false],
    [[{ ...request, upgraded: 'yes' }], false],
    [[null], false],
    [undefined, false],
  ])('takes the end of a drain with the requests %j: %p', (requests, expected) => {
    const report = { open: 1, durationMs: 30, requests, moreRequests: 0 };
    expect(isSoundMessage('vigil:drainFinished', report)).toBe(expected);
  });

  it.each([
    [{ durationMs: 5000, finding: 'stack', stack: '    at f (/a.js:1:1)' }, true],
    [{ durationMs: 5000, finding: 'native', stack: null }, true],
    [{ durationMs: -1, finding: 'native', stack: null }, false],
    [{ durationMs: 5000, finding: 'whim', stack: null }, false],
    [{ durationMs: 5000, finding: 'stack', stack: 7 }, false],
  ])('takes a stall told as %j: %p', (stall, expected) => {
    expect(isSoundMessage('vigil:loopStalled', stall)).toBe(expected);
  });
});
