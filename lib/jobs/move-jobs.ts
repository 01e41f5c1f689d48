import { type Clock, systemClock, waitFor } from '../util/clock.ts';
import type { Broker, JobDelivery, Mail } from './broker.ts';
import { listKept } from './embedded/list-kept.ts';
import { openBroker } from './open-broker.ts';

/** What was moved from one broker to another, and what cannot be. */
export interface MovedJobs {
  readonly jobs: number;
  /** Results and the like that nobody had fetched yet. */
  readonly letters: number;
  /** Dead letters stay where they are. */
  readonly deadLeft: number;
}

export interface MoveJobsOptions {
  /** Directory of a broker `file:` that nobody uses. */
  readonly directory: string;
  /** URL of the broker that takes over. */
  readonly to: string;
  readonly clock?: Clock;
  readonly onProgress?: (moved: number) => void;
}

const AT_ONCE = 64;
const REACH_MS = 30_000;
const LOOK_MS = 50;

/**
 * Moves all jobs that wait, and the letters for clients, from a directory to another broker.
 *
 * Each is taken from the one only when the other has confirmed it: broken off, it is begun again where it was, and at
 * the worst one has been moved twice, which the ids show.
 *
 * @throws ERR_BROKER_LOCKED while a process uses the directory
 * @throws ERR_BROKER_AWAY when the other broker cannot be reached within half a minute
 */
export async function moveJobs(options: MoveJobsOptions): Promise<MovedJobs> {
  const { directory, to, clock = systemClock, onProgress = () => undefined } = options;
  const kept = await listKept(directory, clock);
  const target = await openBroker(to, {}, clock);
  try {
    await reach(target, clock);
    const source = await openBroker(`file:${directory}`, {}, clock);
    try {
      const mover = new Mover(source, target, onProgress);
      for (const id of kept.mailboxes) await mover.moveMailbox(id);
      await mover.moveQueues(kept.queues);
      const deadLeft = (await source.dead.list()).length;
      return { jobs: mover.jobs, letters: mover.letters, deadLeft };
    } finally {
      await source.close();
    }
  } finally {
    await target.close();
  }
}

async function reach(broker: Broker, clock: Clock): Promise<void> {
  const giveUpAt = clock.now() + REACH_MS;
  while (broker.state !== 'up' && clock.now() < giveUpAt) await waitFor(clock, LOOK_MS);
  // Says in its own words why it cannot.
  if (broker.state !== 'up') await broker.counts([]);
}

class Mover {
  jobs = 0;
  letters = 0;
  readonly #source: Broker;
  readonly #target: Broker;
  readonly #onProgress: (moved: number) => void;

  constructor(source: Broker, target: Broker, onProgress: (moved: number) => void) {
    this.#source = source;
    this.#target = target;
    this.#onProgress = onProgress;
  }

  async moveQueues(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    await this.#makeQueues(names);
    const work = new Tally();
    const consumer = await this.#source.consume({
      names,
      prefetch: AT_ONCE,
      onJob: (delivery) => {
        work.add(this.#moveJob(delivery));
      },
    });
    for (;;) {
      await work.settled();
      const counts = await this.#source.counts(names);
      if (work.isIdle && counts.every(({ ready }) => ready === 0)) break;
      await new Promise(setImmediate);
    }
    await consumer.stop();
  }

  /** A mailbox is there once it was opened, and stays for a while. */
  async moveMailbox(id: string): Promise<void> {
    const made = await this.#target.openMailbox({ id, onMail: () => undefined });
    await made.close();
    const work = new Tally();
    const mailbox = await this.#source.openMailbox({
      id,
      onMail: (mail) => {
        work.add(this.#moveMail(made.address, mail));
      },
    });
    // Letters are handed over within a few turns of the loop; each brings the next.
    for (let quiet = 0; quiet < QUIET_TURNS; quiet = work.takeActivity() ? 0 : quiet + 1) {
      await work.settled();
      await new Promise(setImmediate);
    }
    await mailbox.close();
  }

  async #makeQueues(names: readonly string[]): Promise<void> {
    const made = await this.#target.consume({
      names,
      prefetch: 1,
      onJob: (delivery) => void delivery.release(),
    });
    await made.stop();
  }

  async #moveJob(delivery: JobDelivery): Promise<void> {
    await this.#target.publish(delivery.job);
    await delivery.ack();
    this.jobs += 1;
    this.#onProgress(this.jobs);
  }

  async #moveMail(address: string, mail: Mail): Promise<void> {
    const { kind, correlationId, body } = mail;
    await this.#target.post(address, { kind, correlationId, body });
    mail.settle();
    this.letters += 1;
  }
}

const QUIET_TURNS = 20;

/** What is under way; the first failure is thrown to who waits. */
class Tally {
  readonly #running = new Set<Promise<void>>();
  #failure: Error | null = null;
  #wasActive = false;

  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  add(work: Promise<void>): void {
    this.#wasActive = true;
    const tracked = work
      .catch((error: unknown) => {
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  takeActivity(): boolean {
    const wasActive = this.#wasActive;
    this.#wasActive = false;
    return wasActive;
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
    if (this.#failure !== null) throw this.#failure;
  }
}
