import { createReportId } from '../../lib/report/build-crash-report.ts';
import { createSecretMask } from '../../lib/report/mask-secrets.ts';
import { crashReport, PROJECT } from './facts.ts';

const SOURCE = ['function total(cart) {', '  return cart.items;', '}'].join('\n');

describe('buildCrashReport', () => {
  it('shows the code around the first frame inside the project', () => {
    const stack = [
      'TypeError: cart is undefined',
      '    at Module._compile (node:internal/modules/cjs/loader:1554:14)',
      `    at handle (${PROJECT}/node_modules/express/router.js:1:1)`,
      `    at async Shop.total [as sum] (${PROJECT}/lib/cart.js:2:10)`,
    ].join('\n');
    const report = crashReport(
      { error: { name: 'TypeError', stack } },
      { readSource: () => SOURCE },
    );
    expect(report.sourceFrame).toEqual({
      file: 'lib/cart.js',
      line: 2,
      column: 10,
      function: 'Shop.total',
      lines: [
        { line: 1, text: 'function total(cart) {' },
        { line: 2, text: '  return cart.items;' },
        { line: 3, text: '}' },
      ],
    });
  });

  it.each([
    ['a file URL', `at file://${PROJECT}/my%20app.mjs:3:1`, 'my app.mjs'],
    ['an async frame without a name', `at async ${PROJECT}/a.js:3:1`, 'a.js'],
    ['a path with parentheses', `at f (${PROJECT}/a (copy).js:3:1)`, 'a (copy).js'],
    ['Windows line ends', `at f (${PROJECT}/a.js:3:1)\r`, 'a.js'],
  ])('reads %s in a stack', (_what, line, file) => {
    const report = crashReport({ error: { stack: `Error: x\n    ${line}` } });
    expect(report.sourceFrame?.file).toBe(file);
  });

  it('has no source frame for a stack without a place inside the project', () => {
    const stack = `Error: x\n    at f (/elsewhere/a.js:1:1)\n    at eval (eval at x, <anonymous>:1:1)`;
    expect(crashReport({ error: { stack } }).sourceFrame).toBeNull();
  });

  it('puts nested causes into one list and stops at a circle', () => {
    const inner: Record<string, unknown> = { name: 'Error', message: 'ECONNREFUSED', code: 'E1' };
    inner['cause'] = inner;
    const error = {
      name: 'Error',
      message: 'no data',
      cause: { message: 'no query', cause: inner },
    };
    expect(crashReport({ error }).error?.causeChain).toEqual([
      { name: 'Error', message: 'no query', code: null, stack: null },
      { name: 'Error', message: 'ECONNREFUSED', code: 'E1', stack: null },
    ]);
  });

  it('puts what an AggregateError is made of into the list of causes', () => {
    const refused = {
      name: 'Error',
      message: 'connect ECONNREFUSED ::1:5432',
      code: 'ECONNREFUSED',
    };
    const error = { name: 'AggregateError', message: '', errors: [refused, 'a text'] };
    expect(crashReport({ error }).error?.causeChain).toEqual([
      { ...refused, stack: null },
      { name: 'Error', message: 'a text', code: null, stack: null },
    ]);
  });

  it.each([
    ['no field', {}],
    [
      'fields of the wrong type',
      { name: 3, message: { a: 1 }, stack: ['x'], code: Symbol('c'), cause: 'why' },
    ],
  ])('takes an error with %s', (_what, error) => {
    expect(crashReport({ error }).error).toMatchObject({ stack: null });
  });

  it('masks a secret before a long text is cut in the middle of it', () => {
    const mask = createSecretMask({ API_KEY: 'abcdefghijklmnop' });
    const line = 'x'.repeat(1995) + 'abcdefghijklmnop';
    const report = crashReport(
      { outputTail: [line], error: { message: line.repeat(3) } },
      { mask },
    );
    expect(JSON.stringify(report)).not.toContain('abcde');
  });

  it('keeps bounds however much it is given', () => {
    const report = crashReport({
      outputTail: Array.from({ length: 5000 }, (_, index) => `${index} ${'y'.repeat(9000)}`),
      error: { message: 'm'.repeat(1e6), stack: 's'.repeat(1e6) },
      evidence: Array.from({ length: 1000 }, () => 'z'.repeat(9000)),
    });
    expect(report.outputTail.at(-1)).toMatch(/^4999 /);
    expect(JSON.stringify(report).length).toBeLessThan(1_000_000);
  });

  it('leaves the query string out of a request path', () => {
    const requestsInFlight = [{ method: 'GET', path: '/a?token=1', ageMs: 3 }];
    expect(crashReport({ requestsInFlight }).requestsInFlight[0]?.path).toBe('/a');
  });
});

describe('createReportId', () => {
  it('sorts by time and differs for one moment', () => {
    const at = '2026-01-31T23:59:58.123Z';
    expect(createReportId(at)).toMatch(/^20260131-235958-123-[\da-f]{6}$/);
    expect(createReportId(at)).not.toBe(createReportId(at));
    expect(createReportId(at) < createReportId('2026-02-01T00:00:00.000Z')).toBe(true);
  });
});
