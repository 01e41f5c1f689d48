import type { VigilErrorCode } from '../../errors.ts';

/** Signals that ask a process to end in order. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** The words this process was started with, after its main file. */
export function startWords(): readonly string[] {
  return process.argv.slice(2);
}

/** The main file of this process, absolute. */
export function mainFile(): string {
  return process.argv[1] ?? '';
}

/** Ends this process now. */
export function endNow(code: number): never {
  process.exit(code);
}

/** Calls back for every signal that asks this process to end. */
export function onEndSignals(listener: (signal: NodeJS.Signals) => void): void {
  for (const name of SIGNALS) process.on(name, listener);
}

const BY_CODE: Partial<Record<VigilErrorCode, number>> = {
  ERR_CONFIG_INVALID: 78,
  ERR_CONFIG_READ: 78,
  ERR_STATE_DIRECTORY: 78,
  ERR_FLEET_RUNNING: 73,
};

/** With what a process ends that could not start because of an error. */
export function exitCodeOf(error: unknown): number {
  const { code } = (error ?? {}) as { code?: VigilErrorCode };
  return (code === undefined ? undefined : BY_CODE[code]) ?? 1;
}
