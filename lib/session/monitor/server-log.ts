import type { LiveOptions } from './monitor-context.ts';
import { LogFile } from './log-file.ts';
import type { OutputStreamName } from './server-output.ts';
import type { Terminal } from './terminal.ts';

/** Where the server's output goes: to the log file always, to the monitor's own streams if wanted. */
export class ServerLog {
  readonly #live: LiveOptions;
  readonly #terminals: Record<OutputStreamName, Terminal>;
  readonly #file: LogFile;

  constructor(
    live: LiveOptions,
    terminals: Record<OutputStreamName, Terminal>,
    onProblem: (error: Error) => void,
  ) {
    this.#live = live;
    this.#terminals = terminals;
    this.#file = new LogFile(live.current.logs, onProblem);
  }

  pass(name: OutputStreamName, chunk: Buffer): void {
    this.#file.append(chunk);
    if (this.#live.current.showServerOutput) this.#terminals[name].write(chunk);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
