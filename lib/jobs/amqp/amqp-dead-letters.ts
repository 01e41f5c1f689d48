import { waitFor } from '../../util/clock.ts';
import type { BrokerSettings, DeadLetter, DeadLetters, DeadListOptions } from '../broker.ts';
import type { AmqpLine } from './amqp-line.ts';
import { jobEnvelope, parseDead } from './job-envelope.ts';
import type { QueueDirectory } from './queue-directory.ts';
import { lookUpQueue } from './queue-reader.ts';
import type { Channel } from './rabbitmq-adapter.ts';
import { DEAD_QUEUE, jobQueue } from './topology.ts';

export interface AmqpDeadLettersParts {
  readonly line: AmqpLine;
  readonly settings: BrokerSettings;
  readonly directory: QueueDirectory;
}

/**
 * The dead letters in their queue. To look at one is to take it and put it back: all that were looked at go back
 * together when the channel is closed. One look at a time.
 */
export class AmqpDeadLetters implements DeadLetters {
  readonly #parts: AmqpDeadLettersParts;
  #turn: Promise<unknown> = Promise.resolve();
  #last: Listed | null = null;

  constructor(parts: AmqpDeadLettersParts) {
    this.#parts = parts;
  }

  async list(options: DeadListOptions = {}): Promise<readonly DeadLetter[]> {
    const { limit = DEFAULT_LIMIT, mayBeOld = false } = options;
    if (!mayBeOld) return this.#list(limit);
    const count = await this.#count();
    if (count === 0) return [];
    if (this.#last?.count === count && this.#last.limit === limit && !this.#isStale(this.#last))
      return this.#last.letters;
    const letters = await this.#list(limit);
    this.#last = { count, limit, letters, at: this.#parts.line.clock.now() };
    return letters;
  }

  async #list(limit: number): Promise<readonly DeadLetter[]> {
    const found: DeadLetter[] = [];
    if (limit > 0)
      await this.#look((letter) => {
        found.push(letter);
        return found.length >= limit;
      });
    return found;
  }

  find(jobId: string): Promise<DeadLetter | undefined> {
    return this.#untilFound(async () => {
      let found: DeadLetter | undefined;
      await this.#look((letter) => {
        if (letter.job.id === jobId) found = letter;
        return found !== undefined;
      });
      return found;
    });
  }

  replay(jobId: string): Promise<boolean> {
    return this.#take(jobId, async ({ job }) => {
      const { line, directory } = this.#parts;
      if (!(await directory.prioritiesOf(job.name)).includes(job.priority))
        await directory.add(job.name, job.priority);
      const revived = { ...job, deadline: null };
      const envelope = jobEnvelope(revived, 0, line.clock.wallTime());
      const routingKey = jobQueue(job.name, job.priority);
      return (await line.send({ ...envelope, routingKey }, job.args)) === 'routed';
    });
  }

  remove(jobId: string): Promise<boolean> {
    return this.#take(jobId, () => Promise.resolve(true));
  }

  /** Asked without a look at any of them. */
  async #count(): Promise<number> {
    return (await lookUpQueue(this.#parts.line, DEAD_QUEUE))?.messages ?? 0;
  }

  /** As many may be others, when some were replayed and others have come. */
  #isStale({ at }: Listed): boolean {
    return this.#parts.line.clock.now() - at >= LONGEST_OLD_MS;
  }

  /** Takes the letter of a job out of the queue, once `work` has been done with it. */
  async #take(jobId: string, work: (letter: DeadLetter) => Promise<boolean>): Promise<boolean> {
    this.#last = null;
    const isTaken = await this.#untilFound(async () => {
      let fate: boolean | undefined;
      await this.#look(async (letter, forget) => {
        if (letter.job.id !== jobId) return false;
        fate = await work(letter);
        if (fate) forget();
        return true;
      });
      return fate;
    });
    return isTaken ?? false;
  }

  /** While another process looks at the letters they are not to be seen: what is not found is looked for again. */
  async #untilFound<T>(seek: () => Promise<T | undefined>): Promise<T | undefined> {
    for (let tries = 1; ; tries += 1) {
      const found = await seek();
      if (found !== undefined || tries === MOST_TRIES) return found;
      await waitFor(this.#parts.line.clock, TRY_AGAIN_MS);
    }
  }

  #look(
    onLetter: (letter: DeadLetter, forget: () => void) => boolean | Promise<boolean>,
  ): Promise<void> {
    const look = this.#turn.then(() =>
      this.#parts.line.withChannel((channel) => this.#walk(channel, onLetter)),
    );
    this.#turn = look.catch(() => undefined);
    return look.catch((error: unknown) => {
      throw this.#parts.line.explain(error);
    });
  }

  async #walk(
    channel: Channel,
    onLetter: (letter: DeadLetter, forget: () => void) => boolean | Promise<boolean>,
  ): Promise<void> {
    const { maxDead, maxDeliveries } = this.#parts.settings;
    for (let seen = 0; seen < maxDead; seen++) {
      const message = await channel.basicGet({ queue: DEAD_QUEUE });
      if (message === undefined) return;
      const { deliveryTag } = message;
      const letter = parseDead(message, maxDeliveries);
      if (letter === null) continue;
      const isEnough = await onLetter(letter, () => {
        channel.basicAck({ deliveryTag });
      });
      if (isEnough) return;
    }
  }
}

const DEFAULT_LIMIT = 1000;
const LONGEST_OLD_MS = 300_000;
const MOST_TRIES = 6;
const TRY_AGAIN_MS = 200;

/** What was found, and how many letters there were. */
interface Listed {
  readonly count: number;
  readonly limit: number;
  readonly letters: readonly DeadLetter[];
  readonly at: number;
}
