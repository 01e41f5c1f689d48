import type { Clock, Timer } from '../../util/clock.ts';
import type { DeathReason, JobDelivery } from '../broker.ts';
import { setWallTimer } from '../wall-timer.ts';

export type OverdueCode = 'cancelled' | 'timeout';

/** A job in the hands of a process. */
export interface HeldJob {
  readonly delivery: JobDelivery;
  /** Why the process must be ended for it; null: it need not. */
  readonly overdue: OverdueCode | null;
}

export interface JobHoldOptions {
  readonly clock: Clock;
  /** What a handler may take to end after it was told to, milliseconds. */
  readonly graceMs: number;
  /** A handler has not obeyed. */
  readonly onOverdue: () => void;
  /** A job has left these hands. */
  readonly onSettled: (delivery: JobDelivery) => void;
}

/** A delivery as the process gets it. */
class Entry implements HeldJob, JobDelivery {
  readonly delivery: JobDelivery;
  readonly job: JobDelivery['job'];
  readonly attempt: number;
  overdue: OverdueCode | null = null;
  deadline: Pick<Timer, 'cancel'> | null = null;
  grace: Timer | null = null;
  readonly #remove: (delivery: JobDelivery) => void;

  constructor(delivery: JobDelivery, remove: (delivery: JobDelivery) => void) {
    this.delivery = delivery;
    this.job = delivery.job;
    this.attempt = delivery.attempt;
    this.#remove = remove;
  }

  async answer(body: string): Promise<'delivered' | 'gone'> {
    const fate = await this.delivery.answer(body);
    this.#remove(this.delivery);
    return fate;
  }

  ack(): Promise<void> {
    return this.#leave().ack();
  }

  retry(): Promise<void> {
    return this.#leave().retry();
  }

  release(): Promise<void> {
    return this.#leave().release();
  }

  reject(reason: DeathReason): Promise<void> {
    return this.#leave().reject(reason);
  }

  #leave(): JobDelivery {
    this.#remove(this.delivery);
    return this.delivery;
  }
}

/** The jobs that one process has, and since when those that are not wanted any more have to be over. */
export class JobHold {
  readonly #options: JobHoldOptions;
  readonly #entries = new Map<JobDelivery, Entry>();

  constructor(options: JobHoldOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** @returns the delivery as the process is to get it */
  take(delivery: JobDelivery): JobDelivery {
    const entry = new Entry(delivery, this.#remove);
    this.#entries.set(delivery, entry);
    const { deadline } = delivery.job;
    if (deadline !== null)
      entry.deadline = setWallTimer(this.#options.clock, deadline, () => {
        this.#armGrace(entry, 'timeout');
      });
    return entry;
  }

  /** The broker has taken it back. @returns the delivery as the process has it; undefined when it has it not */
  lose(delivery: JobDelivery): JobDelivery | undefined {
    const passedOn = this.#entries.get(delivery);
    if (passedOn !== undefined) this.#remove(delivery);
    return passedOn;
  }

  /** The job of that id is not wanted any more. */
  callOff(jobId: string): void {
    for (const entry of this.#entries.values())
      if (entry.delivery.job.id === jobId) this.#armGrace(entry, 'cancelled');
  }

  list(): readonly HeldJob[] {
    return [...this.#entries.values()];
  }

  /** Forgets all of them: what becomes of them is decided by who asked. */
  empty(): readonly HeldJob[] {
    const held = this.list();
    for (const { delivery } of held) this.#remove(delivery);
    return held;
  }

  #armGrace(entry: Entry, code: OverdueCode): void {
    entry.grace ??= this.#options.clock.setTimer(this.#options.graceMs, () => {
      entry.overdue = code;
      this.#options.onOverdue();
    });
  }

  readonly #remove = (delivery: JobDelivery): void => {
    const entry = this.#entries.get(delivery);
    if (entry === undefined) return;
    this.#entries.delete(delivery);
    entry.deadline?.cancel();
    entry.grace?.cancel();
    this.#options.onSettled(delivery);
  };
}
