import type { SlotEnd } from '../../process/slot-settings.ts';
import { constants } from 'node:os';

/** Why and how a session is to end. */
export interface EndingOrder {
  readonly reason: string;
  /** False: the server is killed at once, without its exit handlers. */
  readonly graceful: boolean;
  /** False: a graceful end that waits for no connection; default true. */
  readonly drains?: boolean;
  readonly exitCode: number;
}

/** How the server process is to end, when the session does. */
export interface EndingManner {
  /** For the server's own handlers. */
  readonly signal: 'SIGTERM' | 'SIGINT';
  readonly drains: boolean;
}

export const EXIT_GAVE_UP = 70;
export const EXIT_INTERRUPTED = 130;

/** The exit code of a session whose server ended for good. */
export function resolveExitCode(end: SlotEnd): number {
  if (end.why === 'gaveUp') return EXIT_GAVE_UP;
  const { lastDeath } = end;
  if (end.why === 'asked' || lastDeath === null) return 0;
  if (lastDeath.signal === null) return lastDeath.code ?? 1;
  const numbers: Partial<Record<string, number>> = constants.signals;
  return 128 + (numbers[lastDeath.signal] ?? 0);
}

/** An exit code as an operating system takes it; 1 for what is none. */
export function toExitCode(code: number): number {
  return Number.isInteger(code) && code >= 0 && code < 256 ? code : 1;
}

export function describeEnd(end: SlotEnd): string {
  if (end.why === 'gaveUp')
    return 'gave up: the breaker opened and restart.breaker.onOpen is "exit"';
  return 'the server ended and its restart policy says not to start it again';
}

export interface SignalledSession {
  end(order: EndingOrder, signal?: 'SIGTERM' | 'SIGINT'): void;
  reload(): void;
}

/** Signals to the monitor: the first SIGINT or SIGTERM ends in order, a second SIGINT at once, SIGHUP reloads. */
export function obeySignals(session: SignalledSession): void {
  let interrupts = 0;
  process.on('SIGINT', () => {
    interrupts += 1;
    if (interrupts === 1) session.end({ reason: 'SIGINT', graceful: true, exitCode: 0 }, 'SIGINT');
    else session.end({ reason: 'second SIGINT', graceful: false, exitCode: EXIT_INTERRUPTED });
  });
  process.on('SIGTERM', () => {
    session.end({ reason: 'SIGTERM', graceful: true, exitCode: 0 }, 'SIGTERM');
  });
  process.on('SIGHUP', () => {
    session.reload();
  });
}

/** Does what Ctrl-C would have done, where the terminal hands it to the console instead. */
export function interruptProcess(): void {
  process.kill(process.pid, 'SIGINT');
}

/** Ends the monitor's process; the only place of the monitor's side that does. */
export function exitProcess(code: number): never {
  process.exit(code);
}
