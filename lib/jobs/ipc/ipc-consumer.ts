import type {
  ConsumeOptions,
  DeathReason,
  JobConsumer,
  JobDelivery,
  JobMessage,
} from '../broker.ts';
import {
  ANSWER,
  type AskBroker,
  type JobNotice,
  SETTLE,
  type Settlement,
  STOP,
} from './broker-messages.ts';

/** Deliveries that come over a channel. */
export class IpcConsumer implements JobConsumer {
  readonly #number: number;
  readonly #options: ConsumeOptions;
  readonly #ask: AskBroker;
  readonly #held = new Map<number, JobDelivery>();
  #onIdle: (() => void)[] = [];
  #stopping: Promise<void> | null = null;

  constructor(number: number, options: ConsumeOptions, ask: AskBroker) {
    this.#number = number;
    this.#options = options;
    this.#ask = ask;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#ask(STOP, { consumer: this.#number });
    return this.#stopping;
  }

  receive(notice: JobNotice): void {
    const { delivery: number, job, attempt } = notice;
    const delivery = new IpcDelivery({ job, attempt }, number, this);
    this.#held.set(number, delivery);
    this.#options.onJob(delivery);
  }

  async answer(number: number, body: string): Promise<'delivered' | 'gone'> {
    if (!this.#held.has(number)) return 'gone';
    const fate = await this.#ask(ANSWER, { delivery: number, body });
    this.#forget(number);
    return fate;
  }

  async settle(number: number, settlement: Settlement): Promise<void> {
    if (this.#forget(number)) await this.#ask(SETTLE, { delivery: number, settlement });
  }

  lose(number: number): void {
    const delivery = this.#held.get(number);
    if (delivery !== undefined && this.#forget(number)) this.#options.onLost?.(delivery);
  }

  loseAll(): void {
    for (const number of [...this.#held.keys()]) this.lose(number);
  }

  /** Gives back what is not settled. */
  async giveUp(): Promise<void> {
    const numbers = [...this.#held.keys()];
    this.loseAll();
    const settlement: Settlement = { how: 'retry' };
    await Promise.all(numbers.map((delivery) => this.#ask(SETTLE, { delivery, settlement })));
  }

  whenIdle(): Promise<void> {
    if (this.#held.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  #forget(number: number): boolean {
    const isHeld = this.#held.delete(number);
    if (this.#held.size === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    return isHeld;
  }
}

class IpcDelivery implements JobDelivery {
  readonly job: JobMessage;
  readonly attempt: number;
  readonly #number: number;
  readonly #consumer: IpcConsumer;

  constructor(
    { job, attempt }: Pick<JobDelivery, 'job' | 'attempt'>,
    number: number,
    consumer: IpcConsumer,
  ) {
    this.job = job;
    this.attempt = attempt;
    this.#number = number;
    this.#consumer = consumer;
  }

  answer(body: string): Promise<'delivered' | 'gone'> {
    return this.#consumer.answer(this.#number, body);
  }

  ack(): Promise<void> {
    return this.#consumer.settle(this.#number, { how: 'ack' });
  }

  retry(): Promise<void> {
    return this.#consumer.settle(this.#number, { how: 'retry' });
  }

  release(): Promise<void> {
    return this.#consumer.settle(this.#number, { how: 'release' });
  }

  reject(reason: DeathReason): Promise<void> {
    return this.#consumer.settle(this.#number, { how: 'reject', reason });
  }
}
