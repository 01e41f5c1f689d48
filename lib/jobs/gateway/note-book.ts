import type { Clock, Timer } from '../../util/clock.ts';
import { createDeferred, type Deferred } from '../../util/deferred.ts';
import type { Mail } from '../broker.ts';
import type { GatewayNote, OpenJob } from './gateway-note.ts';
import { HeldNote } from './held-note.ts';

export interface NoteBookPorts {
  readonly clock: Clock;
  /** The id of this gateway. */
  readonly by: string;
  /** Puts a note into the gateway's own mailbox. */
  readonly post: (note: GatewayNote) => Promise<void>;
}

/** Jobs in one note. */
const MOST_TOGETHER = 500;
/** Most notes of jobs are over before it would be worth saying which of them have ended. */
const ENDED_AFTER_MS = 250;

/** Jobs that begin together. */
interface Beginnings {
  readonly jobs: OpenJob[];
  readonly written: Deferred<HeldNote | null>;
}

/**
 * What is open at this gateway, written down as letters to itself: who reads its mailbox next finds them there. Jobs
 * that begin while one note is on its way share the next.
 */
export class NoteBook {
  readonly #ports: NoteBookPorts;
  readonly #notes = new Map<number, HeldNote>();
  #beginnings: Beginnings[] = [];
  #ended: (readonly [string, HeldNote])[] = [];
  #isWriting = false;
  #timer: Timer | null = null;
  #lastNumber = 0;
  #lost = 0;

  constructor(ports: NoteBookPorts) {
    this.#ports = ports;
  }

  /** Notes that could not be written: the next gateway would not list their jobs as open. */
  get lost(): number {
    return this.#lost;
  }

  /** Resolves when it is kept that the job is open, with the note to be released; null when it could not be. */
  begin(job: OpenJob): Promise<HeldNote | null> {
    let last = this.#beginnings.at(-1);
    if (last === undefined || last.jobs.length >= MOST_TOGETHER) {
      last = { jobs: [], written: createDeferred() };
      this.#beginnings.push(last);
    }
    last.jobs.push(job);
    if (!this.#isWriting) void this.#write();
    return last.written.promise;
  }

  /** The end of a job has been acknowledged. */
  end(correlationId: string, note: HeldNote): void {
    note.release();
    if (note.isOver) return;
    this.#ended.push([correlationId, note]);
    this.#timer ??= this.#arm();
  }

  /** A note of this gateway has come. */
  arrive(number: number, mail: Mail): void {
    const note = this.#notes.get(number);
    if (note === undefined) mail.settle();
    else note.arrive(mail);
  }

  /** Writes down what has ended. Never rejects. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#writeEnded();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    // What begins in the same turn goes along.
    await Promise.resolve();
    for (let next = this.#beginnings.shift(); next !== undefined; next = this.#beginnings.shift()) {
      const { jobs, written } = next;
      written.resolve(await this.#post(jobs.length, jobs, []));
    }
    this.#isWriting = false;
  }

  #arm(): Timer {
    const timer = this.#ports.clock.setTimer(ENDED_AFTER_MS, () => {
      this.#timer = null;
      void this.#writeEnded();
    });
    timer.unref();
    return timer;
  }

  async #writeEnded(): Promise<void> {
    const ended = this.#ended.splice(0).filter(([, note]) => !note.isOver);
    if (ended.length === 0) return;
    const about = new Set(ended.map(([, note]) => note));
    const note = await this.#post(
      about.size,
      [],
      ended.map(([correlationId]) => correlationId),
    );
    if (note === null) return;
    for (const begun of about) if (!begun.addDependent(note)) note.release();
  }

  async #post(
    things: number,
    begun: readonly OpenJob[],
    ended: readonly string[],
  ): Promise<HeldNote | null> {
    const number = ++this.#lastNumber;
    const note = new HeldNote(things, () => this.#notes.delete(number));
    this.#notes.set(number, note);
    try {
      await this.#ports.post({ note: 'jobs', by: this.#ports.by, number, begun, ended });
      return note;
    } catch {
      this.#notes.delete(number);
      this.#lost += 1;
      return null;
    }
  }
}
