import {
  formatCommonStack,
  type SampledFrame,
} from '../../../lib/session/worker/watchdog/sampled-stack.ts';

function frame(name: string, line: number, place = '/srv/shop/app.js'): SampledFrame {
  return { function: name, functionId: `${place}:${name}`, scriptId: '7', place, line, column: 3 };
}

const TIMERS = frame('listOnTimeout', 581, 'node:internal/timers');

describe('formatCommonStack', () => {
  it('writes one sample like the stack of an Error', () => {
    expect(formatCommonStack([[frame('', 4), frame('a b', 9), TIMERS]])).toBe(
      [
        '    at /srv/shop/app.js:4:3',
        '    at a b (/srv/shop/app.js:9:3)',
        '    at listOnTimeout (node:internal/timers:581:3)',
      ].join('\n'),
    );
  });

  it.each([
    [
      'begins with the function that all samples were in, at its latest line',
      [
        [frame('helper', 2), frame('spin', 10), TIMERS],
        [frame('spin', 11), TIMERS],
        [frame('other', 3), frame('spin', 12), TIMERS],
      ],
      'spin (/srv/shop/app.js:12:3)',
    ],
    [
      'is the latest sample where all have only Node itself in common',
      [
        [frame('one', 2), TIMERS],
        [frame('two', 5), TIMERS],
      ],
      'two (/srv/shop/app.js:5:3)',
    ],
    ['is empty where a sample has no frame', [[]], ''],
  ])('%s', (_what, samples, first) => {
    expect(formatCommonStack(samples).split('\n')[0]).toBe(first === '' ? '' : `    at ${first}`);
  });
});
