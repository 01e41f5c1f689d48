import type { Clock } from '../../util/clock.ts';
import type { StartWords } from './start-words.ts';

/** The process that an application runs in, or that of a test. */
export interface ProcessSurroundings {
  readonly clock: Clock;
  /** The `key=value` words it was started with. */
  readonly words: StartWords;
  /** Further ones, which are nobody else's business. */
  readonly hiddenWords: StartWords;
  /** `NODE_ENV` */
  readonly nodeEnv: string | undefined;
  /** Absolute path of the file that node was started with. */
  readonly main: string;
  /** Flags of node before that file. */
  readonly nodeArgs: readonly string[];
  /** One line for the operator. */
  readonly log: (line: string) => void;
  /** One line for the operator about something that went wrong. */
  readonly warn: (line: string) => void;
  /** Ends the process. */
  readonly end: (code: number) => void;
  /** Calls back when the process is asked to end. */
  readonly onEndSignal: (listener: (signal: string) => void) => void;
}
