import type { Clock, Timer } from '../../util/clock.ts';
import type { Mail, MailboxOptions, News } from '../broker.ts';
import { Fifo } from './fifo.ts';
import { type HeldLetter, keyOf, textOf } from './records.ts';

export interface LetterPost {
  readonly shelf: MailboxShelf;
  readonly letter: HeldLetter;
}

export interface MailboxShelfPorts {
  readonly clock: Clock;
  /** How long it is kept without a reader. */
  readonly ttlMs: number;
  readonly read: (key: string) => Promise<string | undefined>;
  readonly onSettled: (letters: readonly HeldLetter[]) => void;
  /** Nobody has read it for as long as it is kept. */
  readonly onUnread: () => void;
}

type Reader = Pick<MailboxOptions, 'onMail' | 'onNews'>;

/** One mailbox: letters that wait, letters that were read and not settled, and its readers, of whom the first reads. */
export class MailboxShelf {
  readonly address: string;
  readonly #ports: MailboxShelfPorts;
  readonly #waiting = new Fifo<HeldLetter>();
  readonly #unsettled = new Set<HeldLetter>();
  readonly #readers: Reader[] = [];
  /** To be told at the end of this turn. */
  #news: News[] = [];
  #timer: Timer | null = null;
  #isPumping = false;

  constructor(address: string, ports: MailboxShelfPorts) {
    this.address = address;
    this.#ports = ports;
    this.#awaitReader();
  }

  add(letter: HeldLetter): void {
    this.#waiting.add(letter);
    void this.#pump();
  }

  tell(news: News): void {
    if (this.#readers[0]?.onNews === undefined) return;
    this.#news.push(news);
    if (this.#news.length === 1) void this.#tellSoon();
  }

  addReader(options: MailboxOptions): Reader {
    const { onMail, onNews } = options;
    const reader = { onMail, ...(onNews && { onNews }) };
    this.#timer?.cancel();
    this.#readers.push(reader);
    void this.#pump();
    return reader;
  }

  removeReader(reader: Reader): void {
    const at = this.#readers.indexOf(reader);
    if (at < 0) return;
    this.#readers.splice(at, 1);
    if (at === 0) this.#takeBack();
    if (this.#readers.length === 0) this.#awaitReader();
    void this.#pump();
  }

  /** Returns what was in it. */
  stop(): readonly HeldLetter[] {
    this.#timer?.cancel();
    this.#readers.length = 0;
    this.#takeBack();
    return [...this.#waiting];
  }

  async #tellSoon(): Promise<void> {
    await Promise.resolve();
    const told = this.#news;
    this.#news = [];
    for (const news of told) this.#readers[0]?.onNews?.(news);
  }

  // One letter after the other, in their order, also where a text has to be read first.
  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    await Promise.resolve();
    for (let letter = this.#next(); letter !== undefined; letter = this.#next()) {
      const body = letter.body ?? (await this.#ports.read(keyOf.letter(letter.seq)).then(bodyOf));
      if (body !== null && this.#unsettled.has(letter))
        this.#readers[0]?.onMail(this.#mailOf(letter, body));
    }
    this.#isPumping = false;
  }

  #next(): HeldLetter | undefined {
    const letter = this.#readers.length === 0 ? undefined : this.#waiting.take();
    if (letter !== undefined) this.#unsettled.add(letter);
    return letter;
  }

  #mailOf(letter: HeldLetter, body: string): Mail {
    const { kind, correlationId, redelivered } = letter;
    letter.redelivered = true;
    const reader = this.#readers[0];
    return {
      kind,
      correlationId,
      body,
      redelivered,
      settle: () => {
        // What was taken back belongs to the next reader.
        if (reader !== this.#readers[0] || !this.#unsettled.delete(letter)) return;
        this.#ports.onSettled([letter]);
      },
    };
  }

  #takeBack(): void {
    for (const letter of this.#unsettled) this.#waiting.putBack(letter);
    this.#unsettled.clear();
  }

  #awaitReader(): void {
    this.#timer?.cancel();
    this.#timer = this.#ports.clock.setTimer(this.#ports.ttlMs, this.#ports.onUnread);
    this.#timer.unref();
  }
}

function bodyOf(record: string | undefined): string | null {
  return record === undefined ? null : textOf(record);
}
