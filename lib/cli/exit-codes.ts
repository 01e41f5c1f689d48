import { ConfigError } from '../config/config-error.ts';
import { VigilError, type VigilErrorCode } from '../errors.ts';
import { readAnsweredCode } from '../http/control-client-errors.ts';

export const EXIT = {
  ok: 0,
  failed: 1,
  changes: 2,
  usage: 64,
  notRunning: 69,
  gaveUp: 70,
  alreadyRunning: 73,
  inProgress: 75,
  invalidConfig: 78,
  interrupted: 130,
} as const;

const BY_CODE: Partial<Record<VigilErrorCode, number>> = {
  ERR_USAGE: EXIT.usage,
  ERR_CONFIG_READ: EXIT.usage,
  ERR_ENTRY_NOT_FOUND: EXIT.usage,
  ERR_SESSION_RUNNING: EXIT.alreadyRunning,
  ERR_FLEET_RUNNING: EXIT.alreadyRunning,
  ERR_TAKE_OVER_REFUSED: EXIT.alreadyRunning,
  ERR_SESSION_NOT_RUNNING: EXIT.notRunning,
  ERR_FLEET_NO_MASTER: EXIT.notRunning,
  ERR_STATE_DIRECTORY: EXIT.invalidConfig,
};

/** The exit code of a command that ended with an error. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof VigilError)) return EXIT.failed;
  if (error instanceof ConfigError) return exitCodeOfConfig(error);
  if (error.code === 'ERR_CONTROL') return exitCodeOfAnswer(error);
  return BY_CODE[error.code] ?? EXIT.failed;
}

/** What the monitor refused: a value that does not fit was as wrong on this command line as it is there. */
function exitCodeOfAnswer(error: VigilError): number {
  const code = readAnsweredCode(error);
  const isUsage = code === 'ERR_CONFIG_INVALID' || code === 'ERR_ARGUMENT';
  return isUsage ? EXIT.usage : EXIT.failed;
}

/** A bad flag is a matter of usage; a bad file is one of configuration. */
function exitCodeOfConfig(error: ConfigError): number {
  const onlyFlags = error.problems.every((problem) => problem.origin === 'override');
  return onlyFlags ? EXIT.usage : EXIT.invalidConfig;
}
