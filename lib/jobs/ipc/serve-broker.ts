import type { PromisifiedIPCManager } from '../../ipc/promisified-ipc-manager.ts';
import type { Broker, JobConsumer, JobDelivery, Mail, Mailbox } from '../broker.ts';
import * as messages from './broker-messages.ts';

/** What one worker process has of a broker. */
export interface BrokerDoor {
  /** Jobs that the worker has and has not settled. */
  readonly jobsHeld: readonly JobDelivery[];
  /**
   * To be called when the worker is gone: its jobs go to others, each with one more failed attempt, and its mailboxes
   * to those who stand by.
   */
  close(): Promise<void>;
}

/** Lets the process at the other end of a channel use a broker of this one, by `connectBroker`. @lazy */
export function serveBroker(broker: Broker, manager: PromisifiedIPCManager): BrokerDoor {
  const door = new Door(broker, manager);
  manager
    .on(messages.HELLO, () => broker.state)
    .on(messages.PUBLISH, (job) => broker.publish(job))
    .on(messages.CONSUME, (request) => door.consume(request))
    .on(messages.STOP, ({ consumer }) => door.stop(consumer))
    .on(messages.SETTLE, (request) => door.settle(request))
    .on(messages.ANSWER, (request) => door.answer(request))
    .on(messages.CANCEL, ({ jobId }) => broker.cancel(jobId))
    .on(messages.OPEN_MAILBOX, ({ mailbox, id }) => door.openMailbox(mailbox, id))
    .on(messages.CLOSE_MAILBOX, ({ mailbox, remove }) => door.closeMailbox(mailbox, remove))
    .on(messages.POST, ({ address, letter }) => broker.post(address, letter))
    .on(messages.COUNTS, (names) => broker.counts(names))
    .on(messages.DEAD, (request) => door.askDead(request))
    .on(messages.TELL, ({ address, news }) => {
      broker.tell(address, news);
    })
    .on(messages.SETTLE_MAIL, ({ mailbox, mail }) => {
      door.settleMail(mailbox, mail);
    });
  return door;
}

interface ServedMailbox {
  mailbox: Mailbox | null;
  readonly mails: Map<number, Mail>;
}

class Door implements BrokerDoor {
  readonly #broker: Broker;
  readonly #manager: PromisifiedIPCManager;
  readonly #consumers = new Map<number, JobConsumer>();
  readonly #deliveries = new Map<number, JobDelivery>();
  readonly #mailboxes = new Map<number, ServedMailbox>();
  readonly #subscriptions: (() => void)[];
  #lastNumber = 0;
  #isClosed = false;

  constructor(broker: Broker, manager: PromisifiedIPCManager) {
    this.#broker = broker;
    this.#manager = manager;
    this.#subscriptions = [
      broker.onState((state) => {
        manager.notify(messages.STATE, { state });
      }),
      broker.onCancel((jobId) => {
        manager.notify(messages.CALLED_OFF, { jobId });
      }),
    ];
  }

  get jobsHeld(): readonly JobDelivery[] {
    return [...this.#deliveries.values()];
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
    await Promise.all([...this.#consumers.values()].map((consumer) => consumer.stop()));
    const held = [...this.#deliveries.values()];
    this.#deliveries.clear();
    await Promise.all(held.map((delivery) => delivery.retry()));
    for (const { mailbox } of this.#mailboxes.values()) await mailbox?.close();
  }

  async consume({ consumer: number, names, prefetch }: messages.ConsumeRequest): Promise<void> {
    const consumer = await this.#broker.consume({
      names,
      prefetch,
      onJob: (delivery) => {
        this.#handOver(number, delivery);
      },
      onLost: (delivery) => {
        this.#takeBack(number, delivery);
      },
    });
    this.#consumers.set(number, consumer);
    if (this.#isClosed) await consumer.stop();
  }

  async stop(number: number): Promise<void> {
    await this.#consumers.get(number)?.stop();
    this.#consumers.delete(number);
  }

  async settle({ delivery: number, settlement }: messages.SettleRequest): Promise<void> {
    const delivery = this.#deliveries.get(number);
    this.#deliveries.delete(number);
    if (settlement.how === 'reject') await delivery?.reject(settlement.reason);
    else await delivery?.[settlement.how]();
  }

  async answer({ delivery: number, body }: messages.AnswerRequest): Promise<'delivered' | 'gone'> {
    const delivery = this.#deliveries.get(number);
    const fate = (await delivery?.answer(body)) ?? 'gone';
    this.#deliveries.delete(number);
    return fate;
  }

  async openMailbox(number: number, id: string): Promise<string> {
    const mails = new Map<number, Mail>();
    const served: ServedMailbox = { mailbox: null, mails };
    this.#mailboxes.set(number, served);
    served.mailbox = await this.#broker.openMailbox({
      id,
      onMail: (mail) => {
        const { kind, correlationId, body, redelivered } = mail;
        const mailNumber = ++this.#lastNumber;
        mails.set(mailNumber, mail);
        const letter = { kind, correlationId, body };
        this.#manager.notify(messages.MAIL, {
          mailbox: number,
          mail: mailNumber,
          letter,
          redelivered,
        });
      },
      onNews: (news) => {
        this.#manager.notify(messages.NEWS, { mailbox: number, news });
      },
    });
    if (this.#isClosed) await served.mailbox.close();
    return served.mailbox.address;
  }

  async closeMailbox(number: number, remove: boolean): Promise<void> {
    const mailbox = this.#mailboxes.get(number)?.mailbox;
    this.#mailboxes.delete(number);
    await (remove ? mailbox?.remove() : mailbox?.close());
  }

  settleMail(number: number, mail: number): void {
    const mails = this.#mailboxes.get(number)?.mails;
    mails?.get(mail)?.settle();
    mails?.delete(mail);
  }

  async askDead({ verb, jobId, limit }: messages.DeadRequest): Promise<messages.DeadAnswer> {
    const { dead } = this.#broker;
    if (verb === 'list') return dead.list(limit === null ? {} : { limit });
    return (await dead[verb](jobId)) ?? null;
  }

  #handOver(consumer: number, delivery: JobDelivery): void {
    const number = ++this.#lastNumber;
    this.#deliveries.set(number, delivery);
    const { job, attempt } = delivery;
    this.#manager.notify(messages.JOB, { consumer, delivery: number, job, attempt });
  }

  #takeBack(consumer: number, delivery: JobDelivery): void {
    for (const [number, held] of this.#deliveries) {
      if (held !== delivery) continue;
      this.#deliveries.delete(number);
      this.#manager.notify(messages.LOST, { consumer, delivery: number });
    }
  }
}
