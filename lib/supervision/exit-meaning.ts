export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** What Node itself means by an exit code. Codes that servers choose for themselves (1 to 4) are left out: there the guess would mislead. */
const NODE_CODES: ReadonlyMap<number, string> = new Map([
  [5, 'V8 met a fatal error'],
  [6, 'its handler of uncaught errors was replaced by something that is no function'],
  [7, 'its own handler of uncaught errors has thrown an error itself'],
  [9, 'node was given a flag it does not know, or a bad value for one'],
  [12, 'node was given a debugger port it cannot use'],
  [13, 'an await at the top level of its module never settled, and nothing else was left to do'],
]);

const SIGNAL_NUMBERS: ReadonlyMap<number, string> = new Map([
  [1, 'SIGHUP'],
  [2, 'SIGINT'],
  [3, 'SIGQUIT'],
  [4, 'SIGILL'],
  [5, 'SIGTRAP'],
  [6, 'SIGABRT'],
  [7, 'SIGBUS'],
  [8, 'SIGFPE'],
  [9, 'SIGKILL'],
  [11, 'SIGSEGV'],
  [13, 'SIGPIPE'],
  [14, 'SIGALRM'],
  [15, 'SIGTERM'],
  [24, 'SIGXCPU'],
  [25, 'SIGXFSZ'],
]);

const NATIVE_FAULT = 'a fault in native code: a native module, or Node itself';

const SIGNALS: ReadonlyMap<string, string> = new Map([
  ['SIGKILL', 'no process can refuse it: a person, a container runtime or the kernel sent it'],
  ['SIGABRT', 'it gave up by itself: process.abort(), or a check in native code that failed'],
  ['SIGSEGV', `memory that is not its own was touched: ${NATIVE_FAULT}`],
  ['SIGBUS', `memory that is not there was touched: ${NATIVE_FAULT}, or a file that was cut short`],
  ['SIGILL', `an instruction the processor does not have: ${NATIVE_FAULT}`],
  ['SIGFPE', `an impossible calculation: ${NATIVE_FAULT}`],
  ['SIGTRAP', 'V8 has met a state that cannot be'],
  ['SIGTERM', 'somebody asked it to end, past Vigil'],
  ['SIGINT', 'somebody interrupted it, past Vigil'],
  ['SIGHUP', 'its terminal has gone'],
  ['SIGXCPU', 'it has used up the processor time it may use (ulimit -t)'],
  ['SIGXFSZ', 'it has written a file larger than it may (ulimit -f)'],
]);

/** What a process gets for a fault of its own; somebody may still have sent it. */
const FAULTS: ReadonlySet<string> = new Set([
  'SIGABRT',
  'SIGSEGV',
  'SIGBUS',
  'SIGILL',
  'SIGFPE',
  'SIGTRAP',
]);

/** Whether a process may have ended in the middle of native code: V8's way to give up is one of these. */
export function endsByFault({ code, signal }: ProcessEnd): boolean {
  return code === 5 || FAULTS.has(signal ?? signalOfCode(code) ?? '');
}

/** The signal that an exit code stands for when a shell or a wrapper passes it on: 137 is SIGKILL. Null: none. */
export function signalOfCode(code: number | null): string | null {
  return code === null ? null : (SIGNAL_NUMBERS.get(code - 128) ?? null);
}

/** A sentence about an exit code, with what it means where that is known. */
export function describeCode(code: number): string {
  const plain = `exit code ${String(code)}`;
  const meaning = NODE_CODES.get(code);
  if (meaning !== undefined) return `${plain}: ${meaning}`;
  const signal = signalOfCode(code);
  return signal === null ? plain : `${plain}: the code of a program that ${signal} has ended`;
}

/** A sentence about a signal, with what it usually means when nobody here has sent it. */
export function describeSignal(signal: string, isOurs: boolean): string {
  const meaning = isOurs ? undefined : SIGNALS.get(signal);
  return meaning === undefined ? `signal ${signal}` : `signal ${signal}: ${meaning}`;
}
