import type { CutLine, LineCutter } from '../../util/line-cutter.ts';
import type { EventSource } from './session-journal.ts';
import { MaskedOutput } from './masked-output.ts';
import type { OutputSink, OutputStreamName } from './server-output.ts';

/** A line of a server process, or a piece of a long one. */
export interface OutputLine extends CutLine {
  readonly stream: OutputStreamName;
  readonly source: EventSource;
}

export interface ProcessOutputOptions {
  readonly source: EventSource;
  readonly mask: (text: string) => string;
  /** Takes it without secrets. */
  readonly toFile: (bytes: Buffer, name: OutputStreamName) => void;
  /** Takes it as it is, or line by line without secrets. */
  readonly toTerminal:
    | { readonly kind: 'untouched'; readonly pass: (name: OutputStreamName, chunk: Buffer) => void }
    | { readonly kind: 'lines'; readonly pass: (line: OutputLine) => void };
  /** Both streams have ended. */
  readonly onEnd: (output: ProcessOutput) => void;
}

interface OneStream {
  readonly masked: MaskedOutput;
  readonly cutter: LineCutter | null;
}

/** The output of one server process on its way out; its lines are not mixed with those of another process. */
export class ProcessOutput implements OutputSink {
  readonly #options: ProcessOutputOptions;
  readonly #streams = new Map<OutputStreamName, OneStream>();

  constructor(options: ProcessOutputOptions) {
    this.#options = options;
    for (const name of ['stdout', 'stderr'] as const) this.#streams.set(name, this.#open(name));
  }

  write(name: OutputStreamName, chunk: Buffer): void {
    const { toTerminal } = this.#options;
    this.#streams.get(name)?.masked.push(chunk);
    if (toTerminal.kind === 'untouched') toTerminal.pass(name, chunk);
  }

  end(name: OutputStreamName): void {
    const stream = this.#streams.get(name);
    if (stream === undefined) return;
    this.#streams.delete(name);
    stream.masked.end();
    this.#passLines(name, stream.cutter?.end() ?? []);
    if (this.#streams.size === 0) this.#options.onEnd(this);
  }

  /** Passes on what still waits for the rest of its line: no more of it is wanted. */
  close(): void {
    for (const name of [...this.#streams.keys()]) this.end(name);
  }

  #open(name: OutputStreamName): OneStream {
    const { mask, toFile, toTerminal } = this.#options;
    const cutter = toTerminal.kind === 'lines' ? createCutter() : null;
    const masked = new MaskedOutput(mask, (bytes) => {
      toFile(bytes, name);
      if (cutter !== null) this.#passLines(name, cutter.push(bytes));
    });
    return { masked, cutter };
  }

  #passLines(stream: OutputStreamName, lines: readonly CutLine[]): void {
    const { source, toTerminal } = this.#options;
    if (toTerminal.kind !== 'lines') return;
    for (const line of lines) toTerminal.pass({ ...line, stream, source });
  }
}

function createCutter(): LineCutter {
  const { LineCutter } =
    require('../../util/line-cutter') as typeof import('../../util/line-cutter.ts');
  return new LineCutter();
}
