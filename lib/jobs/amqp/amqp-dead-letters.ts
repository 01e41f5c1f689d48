import type { BrokerSettings, DeadLetter, DeadLetters } from '../broker.ts';
import type { AmqpLine } from './amqp-line.ts';
import { jobEnvelope, parseDead } from './job-envelope.ts';
import type { QueueDirectory } from './queue-directory.ts';
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

  constructor(parts: AmqpDeadLettersParts) {
    this.#parts = parts;
  }

  async list(options: { readonly limit?: number } = {}): Promise<readonly DeadLetter[]> {
    const limit = options.limit ?? DEFAULT_LIMIT;
    const found: DeadLetter[] = [];
    if (limit > 0)
      await this.#look((letter) => {
        found.push(letter);
        return found.length >= limit;
      });
    return found;
  }

  async find(jobId: string): Promise<DeadLetter | undefined> {
    let found: DeadLetter | undefined;
    await this.#look((letter) => {
      if (letter.job.id === jobId) found = letter;
      return found !== undefined;
    });
    return found;
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

  /** Takes the letter of a job out of the queue, once `work` has been done with it. */
  async #take(jobId: string, work: (letter: DeadLetter) => Promise<boolean>): Promise<boolean> {
    let isTaken = false;
    await this.#look(async (letter, forget) => {
      if (letter.job.id !== jobId) return false;
      isTaken = await work(letter);
      if (isTaken) forget();
      return true;
    });
    return isTaken;
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
