import type { Clock } from '../../util/clock.ts';
import type { LiveOptions } from './monitor-context.ts';
import { LogFile } from './log-file.ts';
import type { LogLevel, MainLog } from './main-log.ts';
import { type OutputLine, ProcessOutput, type ProcessOutputOptions } from './process-output.ts';
import type { OutputSink, OutputStreamName } from './server-output.ts';
import type { EventSource, SessionJournal } from './session-journal.ts';
import { Terminal } from './terminal.ts';

export interface ServerLogOptions {
  readonly session: {
    readonly live: LiveOptions;
    readonly mask: { readonly hide: (text: string) => string };
    readonly journal: Pick<SessionJournal, 'output'>;
    log(level: LogLevel, message: string): void;
  };
  readonly terminals: Record<OutputStreamName, Terminal>;
  readonly mainLog: MainLog;
}

/** Bytes that did not get into the log file, and onto the monitor's own streams. */
export interface OutputDrops {
  readonly file: number;
  readonly terminal: number;
}

const NEWLINE = 0x0a;

/**
 * Where the server's output goes: to the log file always, without secrets, and to the monitor's own streams
 * if wanted: as it is, or line by line.
 */
export class ServerLog {
  readonly #options: ServerLogOptions;
  readonly #file: LogFile;
  readonly #outputs = new Set<ProcessOutput>();
  /** Who has written into the file last, without ending the line. */
  #unfinished: EventSource | null = null;

  constructor(options: ServerLogOptions) {
    this.#options = options;
    const { session } = options;
    this.#file = new LogFile(session.live.current.logs, (error) => {
      session.log('warn', `the server's log file cannot be written: ${error.message}`);
    });
  }

  /** Takes the output of one more server process. */
  open(source: EventSource): OutputSink {
    const { mask, journal } = this.#options.session;
    const output = new ProcessOutput({
      source,
      mask: mask.hide,
      toFile: (bytes, stream) => {
        this.#append(source, bytes);
        journal.output.publish({ stream, chunk: bytes });
      },
      toTerminal: this.#chooseForm(),
      onEnd: () => {
        this.#outputs.delete(output);
      },
    });
    this.#outputs.add(output);
    return output;
  }

  /** What was left out because nobody took it, bytes. */
  get dropped(): OutputDrops {
    const terminals = new Set(Object.values(this.#options.terminals));
    const terminal = [...terminals].reduce((sum, { dropped }) => sum + dropped, 0);
    return { file: this.#file.dropped, terminal };
  }

  close(): Promise<void> {
    for (const output of this.#outputs) output.close();
    return this.#file.close();
  }

  #append(source: EventSource, bytes: Buffer): void {
    // The last words of a process that died within a line are not the beginning of its successor's first.
    if (this.#unfinished !== null && this.#unfinished !== source)
      this.#file.append(Buffer.from('\n'));
    this.#unfinished = bytes.at(-1) === NEWLINE ? null : source;
    this.#file.append(bytes);
  }

  #chooseForm(): ProcessOutputOptions['toTerminal'] {
    const { session, terminals, mainLog } = this.#options;
    const { live } = session;
    const isShown = (): boolean => live.current.showServerOutput;
    if (mainLog.isJson || live.current.logs.prefix) {
      const pass = (line: OutputLine): void => {
        if (isShown()) mainLog.passOutput(live.current.identifiers.worker, line, terminals);
      };
      return { kind: 'lines', pass };
    }
    const pass = (name: OutputStreamName, chunk: Buffer): void => {
      if (isShown()) terminals[name].write(chunk);
    };
    return { kind: 'untouched', pass };
  }
}

/** Standard error shares the terminal with standard output where they are the same device. */
export function openOutputs(stdout: Terminal, clock: Clock): Record<OutputStreamName, Terminal> {
  const isOneTerminal = process.stdout.isTTY && process.stderr.isTTY;
  return { stdout, stderr: isOneTerminal ? stdout : new Terminal(2, clock) };
}
