import { findTellingLine } from '../../lib/fleet/client/find-telling-line.ts';

describe('the line that says most about an end', () => {
  it.each([
    [
      'the message of an error that nobody caught',
      [
        '/srv/app.js:3',
        "throw new Error('no map')",
        '^',
        '',
        'Error: no map',
        '    at x',
        '',
        'Node.js v22.1.0',
      ],
      'Error: no map',
    ],
    [
      'that of an error with properties',
      [
        'Error: listen EADDRINUSE: 127.0.0.1:80 {',
        "  code: 'EADDRINUSE'",
        '}',
        '',
        'Node.js v20.20.2',
      ],
      'Error: listen EADDRINUSE: 127.0.0.1:80 {',
    ],
    ['the last line of another program', ['one', 'two'], 'two'],
    ['whatever there is', ['Node.js v22.1.0'], 'Node.js v22.1.0'],
    ['nothing after silence', [], null],
  ])('is %s', (_, lines, told) => {
    expect(findTellingLine(lines)).toBe(told);
  });
});
