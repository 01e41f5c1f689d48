import type { CommandOutcome } from '../../lib/console/command-outcome.ts';
import { Evaluator, readEvaluation } from '../../lib/console/evaluator.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

const clock = new ManualClock();
let evaluator: Evaluator;

beforeEach(() => {
  const monitor = { status: () => ({ state: 'running' }) };
  evaluator = new Evaluator({ scope: { monitor }, clock, syncDeadlineMs: 50 });
});

async function output(code: string): Promise<string> {
  const outcome = await evaluator.run(code);
  return outcome.ok ? outcome.output : `${outcome.error.code}: ${outcome.error.message}`;
}

describe('readEvaluation', () => {
  it.each([
    ['> 1 + 1', '1 + 1'],
    ['>1', '1'],
    ['  > x ', 'x'],
    ['.eval x', 'x'],
    ['>', ''],
    ['.eval', ''],
    ['.evaluate x', null],
    ['status', null],
    ['set a >b', null],
  ])('takes from %j %j', (line, code) => {
    expect(readEvaluation(line)).toBe(code);
  });
});

describe('an evaluated line', () => {
  it.each([
    ['1 + 1', '2'],
    ['{a: 1}', '{ a: 1 }'],
    ['{a: 1};', '{ a: 1 }'],
    ['if (true) { 3 }', '3'],
    ['[1, 2].map((x) => x * 2)', '[ 2, 4 ]'],
    ['function f() {}', '[Function: f]'],
    ['await Promise.resolve(5)', '5'],
    ['Promise.resolve("x")', "'x'"],
    ['undefined', 'undefined'],
    ['monitor.status().state', "'running'"],
    ['typeof process.pid', "'number'"],
    ['new URL("http://a/b").pathname', "'/b'"],
  ])('%s is %s', async (code, text) => {
    expect(await output(code)).toBe(text);
  });

  it.each([
    ['let a = 1', 'a + 1', '2'],
    ['const b = await Promise.resolve(3);', 'b', '3'],
    ['c = 4', 'c', '4'],
  ])('leaves what %j declares to the next one', async (first, second, text) => {
    await output(first);
    expect(await output(second)).toBe(text);
    expect(Object.keys(globalThis)).not.toContain('c');
  });

  it.each([
    ['throw new TypeError("no")', 'ERR_COMMAND_FAILED: TypeError: no'],
    ['throw 5', 'ERR_COMMAND_FAILED: the command failed: 5'],
    ['throw null', 'ERR_COMMAND_FAILED: the command failed: null'],
    ['nosuch', 'ERR_COMMAND_FAILED: ReferenceError: nosuch is not defined'],
    ['(', 'ERR_COMMAND_FAILED: SyntaxError: Unexpected end of input'],
    ['await nosuch', 'ERR_COMMAND_FAILED: ReferenceError: nosuch is not defined'],
    ['Promise.reject(new Error("later"))', 'ERR_COMMAND_FAILED: Error: later'],
    [
      '({ get [Symbol.toStringTag]() { throw new Error("tag") } })',
      'ERR_COMMAND_FAILED: Error: tag',
    ],
    ['', 'ERR_COMMAND_ARGUMENT: write JavaScript after it, as in: > monitor.status()'],
  ])('%j fails as an answer', async (code, text) => {
    expect(await output(code)).toBe(text);
  });

  it('that is too long is refused', async () => {
    expect(await output(`/*${'x'.repeat(70_000)}`)).toMatch(/^ERR_COMMAND_ARGUMENT: the code is/);
  });

  it('that never ends gives way', async () => {
    expect(await output('for (;;);')).toMatch(/^ERR_SCRIPT_EXECUTION_TIMEOUT/);
  });

  it('whose promise never settles is answered at its deadline', async () => {
    const answer = output('new Promise(() => {})');
    await Promise.resolve();
    clock.advance(30_000);
    expect(await answer).toMatch(/^ERR_COMMAND_TIMEOUT: the promise has not settled within 30 s/);
  });

  it('is shown up to a length', async () => {
    expect((await output('"x".repeat(1e6)')).length).toBeLessThan(12_000);
    const long = await output('Array.from({ length: 100 }, () => "y".repeat(9000))');
    expect(long).toMatch(/more characters are not shown$/);
    expect(long.length).toBeLessThan(66_000);
  });

  it('tells of a stack what is its own', async () => {
    const outcome: CommandOutcome = await evaluator.run(
      '(function mine() { throw new Error("x") })()',
    );
    const stack = outcome.ok ? '' : outcome.error.stack;
    expect(stack).toMatch(/at mine \(console:1/);
    expect(stack).not.toMatch(/evaluator|node:vm/);
  });
});
