import {
  describeCode,
  describeSignal,
  endsByFault,
  signalOfCode,
} from '../../lib/supervision/exit-meaning.ts';

/** Written down a second time on purpose: what people are told of a code changes in two places or not at all. */
const CODES: Readonly<Record<number, string>> = {
  0: 'exit code 0',
  1: 'exit code 1',
  4: 'exit code 4',
  5: 'exit code 5: V8 met a fatal error',
  6: 'exit code 6: its handler of uncaught errors was replaced by something that is no function',
  7: 'exit code 7: its own handler of uncaught errors has thrown an error itself',
  8: 'exit code 8',
  9: 'exit code 9: node was given a flag it does not know, or a bad value for one',
  12: 'exit code 12: node was given a debugger port it cannot use',
  13: 'exit code 13: an await at the top level of its module never settled, and nothing else was left to do',
  128: 'exit code 128',
  137: 'exit code 137: the code of a program that SIGKILL has ended',
};

/** As the kernel of Linux numbers them. */
const NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGXCPU: 24,
  SIGXFSZ: 25,
};

const FAULTS = ['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP'];
const IN_NATIVE_CODE = 'a fault in native code: a native module, or Node itself';

const SIGNALS: Readonly<Record<string, string>> = {
  SIGKILL: 'no process can refuse it: a person, a container runtime or the kernel sent it',
  SIGABRT: 'it gave up by itself: process.abort(), or a check in native code that failed',
  SIGSEGV: `memory that is not its own was touched: ${IN_NATIVE_CODE}`,
  SIGBUS: `memory that is not there was touched: ${IN_NATIVE_CODE}, or a file that was cut short`,
  SIGILL: `an instruction the processor does not have: ${IN_NATIVE_CODE}`,
  SIGFPE: `an impossible calculation: ${IN_NATIVE_CODE}`,
  SIGTRAP: 'V8 has met a state that cannot be',
  SIGTERM: 'somebody asked it to end, past Vigil',
  SIGINT: 'somebody interrupted it, past Vigil',
  SIGHUP: 'its terminal has gone',
  SIGXCPU: 'it has used up the processor time it may use (ulimit -t)',
  SIGXFSZ: 'it has written a file larger than it may (ulimit -f)',
};

describe('describeCode', () => {
  it.each(Object.entries(CODES))('tells of %s: %s', (code, sentence) => {
    expect(describeCode(Number(code))).toBe(sentence);
  });
});

describe('signalOfCode', () => {
  it('finds every signal at 128 and its number, and none elsewhere', () => {
    const found = Array.from(
      { length: 256 },
      (_, code) => [signalOfCode(code), code - 128] as const,
    );
    expect(Object.fromEntries(found.filter(([signal]) => signal !== null))).toEqual(NUMBERS);
    expect(signalOfCode(null)).toBeNull();
  });
});

describe('describeSignal', () => {
  it.each(Object.entries(SIGNALS))('tells of %s: %s', (signal, meaning) => {
    expect(describeSignal(signal, false)).toBe(`signal ${signal}: ${meaning}`);
    expect(describeSignal(signal, true)).toBe(`signal ${signal}`);
  });

  it('tells no more of a signal that means nothing by itself', () => {
    expect(describeSignal('SIGUSR2', false)).toBe('signal SIGUSR2');
  });
});

describe('endsByFault', () => {
  it.each(Object.keys(NUMBERS))('knows %s, as a signal and as a code', (signal) => {
    const isFault = FAULTS.includes(signal);
    expect(endsByFault({ code: null, signal })).toBe(isFault);
    expect(endsByFault({ code: 128 + (NUMBERS[signal] ?? 0), signal: null })).toBe(isFault);
  });

  it.each([
    [5, true],
    [0, false],
    [4, false],
    [6, false],
    [null, false],
  ])('of the code %p without a signal is %p', (code, isFault) => {
    expect(endsByFault({ code, signal: null })).toBe(isFault);
  });

  it('goes by the signal where there is one', () => {
    expect(endsByFault({ code: 134, signal: 'SIGTERM' })).toBe(false);
  });
});
