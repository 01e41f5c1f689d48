import type { Clock } from '../../util/clock.ts';
import type { LiveOptions } from './monitor-context.ts';
import { LogFile } from './log-file.ts';
import { MaskedOutput } from './masked-output.ts';
import type { OutputStreamName } from './server-output.ts';
import { Terminal } from './terminal.ts';

export interface ServerLogOptions {
  readonly live: LiveOptions;
  readonly mask: { readonly hide: (text: string) => string };
}

/** Bytes that did not get into the log file, and onto the monitor's own streams. */
export interface OutputDrops {
  readonly file: number;
  readonly terminal: number;
}

/**
 * Where the server's output goes: to the log file always, without secrets, and as it is to the monitor's
 * own streams if wanted.
 */
export class ServerLog {
  readonly #live: LiveOptions;
  readonly #terminals: Record<OutputStreamName, Terminal>;
  readonly #file: LogFile;
  readonly #masked: Record<OutputStreamName, MaskedOutput>;

  constructor(
    { live, mask }: ServerLogOptions,
    terminals: Record<OutputStreamName, Terminal>,
    onProblem: (error: Error) => void,
  ) {
    this.#live = live;
    this.#terminals = terminals;
    this.#file = new LogFile(live.current.logs, onProblem);
    const append = (chunk: Buffer): void => {
      this.#file.append(chunk);
    };
    this.#masked = {
      stdout: new MaskedOutput(mask.hide, append),
      stderr: new MaskedOutput(mask.hide, append),
    };
  }

  pass(name: OutputStreamName, chunk: Buffer): void {
    this.#masked[name].push(chunk);
    if (this.#live.current.showServerOutput) this.#terminals[name].write(chunk);
  }

  /** What was left out because nobody took it, bytes. */
  get dropped(): OutputDrops {
    const terminals = new Set(Object.values(this.#terminals));
    const terminal = [...terminals].reduce((sum, { dropped }) => sum + dropped, 0);
    return { file: this.#file.dropped, terminal };
  }

  close(): Promise<void> {
    this.#masked.stdout.end();
    this.#masked.stderr.end();
    return this.#file.close();
  }
}

/** Standard error shares the terminal with standard output where they are the same device. */
export function openOutputs(stdout: Terminal, clock: Clock): Record<OutputStreamName, Terminal> {
  const isOneTerminal = process.stdout.isTTY && process.stderr.isTTY;
  return { stdout, stderr: isOneTerminal ? stdout : new Terminal(2, clock) };
}
