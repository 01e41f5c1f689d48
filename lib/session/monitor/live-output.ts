import type { Clock, Timer } from '../../util/clock.ts';
import { OutputRing } from '../../util/output-ring.ts';
import type { OutputLine, OutputLines } from '../feed-item.ts';
import type { SessionJournal, WrittenOutput } from './session-journal.ts';

/** The latest is kept all the time, so that who comes after a death sees what was written before it. */
const KEPT_BYTES = 64 * 1024;
const KEPT_LINES = 200;
const LONGEST_LINE = 2000;
/** Lines go out this often, and no more of them at once: nobody reads faster. */
const EVERY_MS = 250;
const MOST_AT_ONCE = 100;

/** What the server writes, in lines, for those who look on. */
export class LiveOutput {
  readonly #clock: Clock;
  readonly #journal: Pick<SessionJournal, 'output'>;
  readonly #kept = new OutputRing(KEPT_BYTES);
  #lines: OutputLine[] = [];
  #skipped = 0;
  #timer: Timer | null = null;

  constructor(clock: Clock, journal: Pick<SessionJournal, 'output'>) {
    this.#clock = clock;
    this.#journal = journal;
    journal.output.subscribe(({ chunk }) => {
      this.#kept.push(chunk);
    });
  }

  /** The last lines; which of them were errors is not known any more. */
  recent(): OutputLines {
    const lines = this.#kept.tail(KEPT_LINES).map((text) => toLine('stdout', text));
    return { lines, skipped: 0 };
  }

  /** Calls back with what is written from now on; the function returned ends it. */
  follow(tell: (lines: OutputLines) => void): () => void {
    const unsubscribe = this.#journal.output.subscribe((written) => {
      this.#collect(written);
      this.#timer ??= this.#clock.setTimer(EVERY_MS, () => {
        this.#timer = null;
        tell(this.#take());
      });
    });
    return () => {
      unsubscribe();
      this.#timer?.cancel();
      this.#timer = null;
      this.#take();
    };
  }

  #collect({ stream, chunk }: WrittenOutput): void {
    const texts = chunk.toString().split(/\r?\n/);
    if (texts.at(-1) === '') texts.pop();
    this.#lines.push(...texts.slice(-MOST_AT_ONCE).map((text) => toLine(stream, text)));
    const excess = Math.max(0, this.#lines.length - MOST_AT_ONCE);
    this.#lines.splice(0, excess);
    this.#skipped += excess + Math.max(0, texts.length - MOST_AT_ONCE);
  }

  #take(): OutputLines {
    const taken = { lines: this.#lines, skipped: this.#skipped };
    this.#lines = [];
    this.#skipped = 0;
    return taken;
  }
}

function toLine(stream: OutputLine['stream'], text: string): OutputLine {
  return { stream, text: text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text };
}
