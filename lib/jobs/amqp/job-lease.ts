import { randomUUID } from 'node:crypto';
import type { JobMessage } from '../broker.ts';
import type { AmqpLine } from './amqp-line.ts';
import { jobEnvelope } from './job-envelope.ts';
import { declareQueue } from './queue-reader.ts';
import { declareLease } from './topology.ts';

export interface JobLeaseParts {
  readonly line: AmqpLine;
  /** How long the server waits for the next renewal, milliseconds. */
  readonly leaseMs: number;
}

/**
 * Keeps a job on the server without a delivery of it: as a copy in a queue of its own, which the server puts back
 * into the queue of the job when nobody has renewed it for too long.
 *
 * A server before RabbitMQ 3.12 bounds how long any delivery may be unsettled. To renew is to put another copy into
 * another queue, and to delete the one before: at each moment there is one at least, so that no end of a process or
 * of a connection loses the job.
 */
export class JobLease {
  readonly #job: JobMessage;
  readonly #failures: number;
  readonly #parts: JobLeaseParts;
  #queue: string | null = null;
  #endsAt = 0;
  #lastEndsAt = 0;
  /** Not wanted any more, and perhaps still there. */
  readonly #stale = new Set<string>();

  /** @param failures - attempts that have failed, should the lease run out: this one is among them */
  constructor(job: JobMessage, failures: number, parts: JobLeaseParts) {
    this.#job = job;
    this.#failures = failures;
    this.#parts = parts;
  }

  /** The server may have put the job back. */
  get hasEnded(): boolean {
    return this.#parts.line.clock.now() >= this.#endsAt;
  }

  /** Whatever the server had, it has put back. */
  get isOver(): boolean {
    return this.#parts.line.clock.now() >= this.#lastEndsAt;
  }

  /** @throws what the line throws; the lease is then what it was before */
  async renew(): Promise<void> {
    const { line, leaseMs } = this.#parts;
    const declaration = declareLease(randomUUID(), this.#job, leaseMs);
    const { queue } = declaration;
    const endsAt = line.clock.now() + leaseMs;
    this.#stale.add(queue);
    this.#lastEndsAt = endsAt;
    await declareQueue(line, declaration);
    // A deadline that passes is the worker's affair: the server is not to bring the job back for it.
    const { expiration: _, ...envelope } = jobEnvelope(this.#job, this.#failures, 0);
    await line.send({ ...envelope, routingKey: queue }, this.#job.args);
    this.#stale.delete(queue);
    if (this.#queue !== null) this.#stale.add(this.#queue);
    this.#queue = queue;
    this.#endsAt = endsAt;
    // What cannot be deleted now is so next time.
    await this.#sweep().catch(() => undefined);
  }

  /** @throws what the line throws; what is left is put back when it runs out */
  async end(): Promise<void> {
    if (this.#queue !== null) this.#stale.add(this.#queue);
    this.#queue = null;
    await this.#sweep();
  }

  async #sweep(): Promise<void> {
    for (const queue of [...this.#stale]) {
      await this.#parts.line.withChannel((channel) => channel.queueDelete({ queue }));
      this.#stale.delete(queue);
    }
  }
}
