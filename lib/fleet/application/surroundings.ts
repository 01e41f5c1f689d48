import { systemClock, type Clock } from '../../util/clock.ts';
import { endNow, mainFile, onEndSignals, startWords } from './ending.ts';
import { HIDDEN_KEYS_NAME } from '../plan/fleet-environment.ts';
import { parseHiddenWords, parseStartWords, type StartWords } from './start-words.ts';

/** What an application has around it: its process, or that of a test. */
export interface ApplicationSurroundings {
  readonly clock: Clock;
  /** The `key=value` words it was started with. */
  readonly words: StartWords;
  /** `NODE_ENV` */
  readonly nodeEnv: string | undefined;
  /** Absolute path of the file that node was started with. */
  readonly main: string;
  /** Flags of node before that file. */
  readonly nodeArgs: readonly string[];
  /** One line for the operator. */
  log(line: string): void;
  /** One line for the operator about something that went wrong. */
  warn(line: string): void;
  /** Ends the process. */
  end(code: number): void;
  /** Calls back when the process is asked to end. */
  onEndSignal(listener: (signal: string) => void): void;
}

/** Those of this process. */
export function systemSurroundings(): ApplicationSurroundings {
  return {
    clock: systemClock,
    words: {
      ...parseStartWords(startWords()),
      ...parseHiddenWords(process.env[HIDDEN_KEYS_NAME]),
    },
    nodeEnv: process.env['NODE_ENV'],
    main: mainFile(),
    nodeArgs: process.execArgv,
    log: (line) => {
      process.stdout.write(`${line}\n`);
    },
    warn: (line) => {
      process.stderr.write(`${line}\n`);
    },
    end: endNow,
    onEndSignal: onEndSignals,
  };
}
