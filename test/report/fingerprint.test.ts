import { crashReport, PROJECT } from './facts.ts';

const SOURCE = [
  'const a = 1;',
  "if (a) throw new Error('first');",
  "if (!a) throw new Error('second');",
];

function stackAt(line: number, name = ''): string {
  const place = `${PROJECT}/server.js:${line}:8`;
  return `Error: x\n    at ${name === '' ? place : `${name} (${place})`}`;
}

function printOf(
  stack: string,
  more: { message?: string; name?: string; source?: string[] } = {},
): string {
  const { message = 'x', name = 'Error', source = SOURCE } = more;
  return crashReport({ error: { name, message, stack } }, { readSource: () => source.join('\n') })
    .fingerprint;
}

describe('fingerprint', () => {
  it('is the same whatever the message says', () => {
    expect(printOf(stackAt(2), { message: 'order 17' })).toBe(
      printOf(stackAt(2), { message: 'order 18' }),
    );
  });

  it('stays the same when lines above are added', () => {
    const moved = ['// a comment', ...SOURCE];
    expect(printOf(stackAt(3, 'f'), { source: moved })).toBe(printOf(stackAt(2, 'f')));
  });

  it.each([
    ['two places in one anonymous handler', printOf(stackAt(2)), printOf(stackAt(3))],
    ['two functions', printOf(stackAt(2, 'f')), printOf(stackAt(2, 'g'))],
    ['two error names', printOf(stackAt(2)), printOf(stackAt(2), { name: 'TypeError' })],
    ['two causes', crashReport().fingerprint, crashReport({ cause: 'rejection' }).fingerprint],
  ])('differs for %s', (_what, one, other) => {
    expect(one).not.toBe(other);
  });

  it('of a hang does not depend on the line at which the stuck function was found', () => {
    const hangAt = (line: number, name: string, caller = 1): string =>
      crashReport(
        {
          cause: 'hang',
          error: null,
          hangStack: `    at ${name}${PROJECT}/server.js:${line}:8${name === '' ? '' : ')'}\n    at g (${PROJECT}/server.js:${caller}:1)`,
        },
        { readSource: () => SOURCE.join('\n') },
      ).fingerprint;
    expect(hangAt(2, 'f (')).toBe(hangAt(3, 'f ('));
    expect(hangAt(2, 'f (')).not.toBe(hangAt(2, 'h ('));
    expect(hangAt(2, 'f (')).not.toBe(hangAt(2, 'f (', 2));
    // Without a name nothing else tells one function from the other.
    expect(hangAt(2, '')).not.toBe(hangAt(3, ''));
  });

  it('does not depend on the depth of a recursion', () => {
    const frame = `    at f (${PROJECT}/server.js:2:8)`;
    expect(printOf(`Error: x\n${frame}`)).toBe(printOf(`Error: x\n${frame}\n${frame}\n${frame}`));
  });

  it('does not depend on where the project lies', () => {
    const there = crashReport(
      { error: { name: 'Error', stack: 'Error: x\n    at f (/home/a/server.js:2:8)' } },
      { projectDirectory: '/home/a' },
    );
    const here = crashReport({
      error: { name: 'Error', stack: `Error: x\n    at f (${PROJECT}/server.js:2:8)` },
    });
    expect(there.fingerprint).toBe(here.fingerprint);
  });

  it('tells places apart in a file of one long line', () => {
    const source = [`${'a();'.repeat(500)}throw 1;${'b();'.repeat(500)}throw 2;`];
    const at = (column: number): string => `Error: x\n    at ${PROJECT}/server.js:1:${column}`;
    expect(printOf(at(2001), { source })).not.toBe(printOf(at(4009), { source }));
  });
});
