import { isColored, paint } from '../session/monitor/paint.ts';

/** What a command prints on; the streams of the process, or those of a test. */
export interface OutputStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly writableLength?: number;
  hasColors?: () => boolean;
}

const WIDTH = 80;
const LEAST_WIDTH = 40;
const MOST_WAITING_BYTES = 8 * 1024 * 1024;

/** What a command prints: its result on one stream, what it has to say about it on the other. */
export class Output {
  readonly #result: OutputStream;
  readonly #notes: OutputStream;
  #progress = '';

  constructor(result: OutputStream, notes: OutputStream) {
    this.#result = result;
    this.#notes = notes;
  }

  /** How many columns a text has that is laid out: those of the terminal, 80 at the most. */
  get width(): number {
    const { isTTY, columns = 0 } = this.#result;
    // A terminal that does not know its width tells 0.
    return isTTY === true && columns > 0 ? Math.min(Math.max(columns, LEAST_WIDTH), WIDTH) : WIDTH;
  }

  /** Whether the result is shown to somebody, rather than read by a program. */
  get isTerminal(): boolean {
    return this.#result.isTTY === true;
  }

  print(text: string): void {
    this.#result.write(`${text}\n`);
  }

  /** Whether whoever reads the result is far behind: what is printed now would wait in memory. */
  get isBehind(): boolean {
    return (this.#result.writableLength ?? 0) > MOST_WAITING_BYTES;
  }

  printJson(value: unknown): void {
    this.print(JSON.stringify(value, null, 2));
  }

  /** Prints one JSON document on one line. */
  printJsonLine(value: unknown): void {
    this.print(JSON.stringify(value));
  }

  /** Passes bytes on as they are. */
  pass(bytes: Buffer): void {
    this.#result.write(bytes);
  }

  /** Tells something that is not the result. */
  note(text: string): void {
    for (const line of text.split('\n')) this.#notes.write(`vigil: ${line}\n`);
  }

  /** Whether somebody watches who can be shown a line that changes. */
  get showsProgress(): boolean {
    return this.#notes.isTTY === true;
  }

  /** A line that would be broken could not be taken back. */
  get progressWidth(): number {
    const { columns = 0 } = this.#notes;
    return (columns > 0 ? Math.min(columns, WIDTH) : WIDTH) - 1;
  }

  /** Shows one line in the place of the last one; an empty one leaves nothing behind. */
  showProgress(text: string): void {
    if (text === this.#progress) return;
    this.#progress = text;
    this.#notes.write(`\r\u001b[K${toPrintable(text)}`);
  }

  /** Tells at length what is not the result, such as how to call a command. */
  explain(text: string): void {
    this.#notes.write(`${text}\n`);
  }

  /** Colours a text where colours are shown. */
  paint(text: string, color: 'red' | 'yellow' | 'green' | 'bold'): string {
    return isColored(this.#result) ? paint(text, color) : text;
  }
}

// C0 but for tab and newline, DEL, C1, and the characters that change the direction of writing.
// eslint-disable-next-line no-control-regex -- these are what it is about
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A text that came from a server, without what a terminal would act upon. */
export function toPrintable(text: string): string {
  return text.replace(CONTROL, '\u00b7');
}
