import type { Received } from './job-envelope.ts';
import type { Channel } from './rabbitmq-adapter.ts';
import { jobQueue } from './topology.ts';

type JobMessage = Received & { readonly deliveryTag: number };

export interface PulledQueue {
  readonly name: string;
  readonly priority: number;
}

export interface JobPullerPorts {
  readonly channel: Channel;
  readonly prefetch: number;
  /** Jobs handed over and not settled. */
  readonly held: () => number;
  readonly onMessage: (message: JobMessage) => void;
  readonly giveBack: (message: JobMessage) => Promise<void> | undefined;
}

/**
 * Takes jobs from several queues, those of higher priority first, and never more than there is room for.
 *
 * The server limits what a consumer has by queue, not over several. With one queue the server pushes. With several,
 * jobs are asked for one by one, from the highest queue down; only when all are empty do consumers wait at each of
 * them for the next to come, and they leave as soon as one has.
 */
export class JobPuller {
  readonly #ports: JobPullerPorts;
  #queues: readonly PulledQueue[] = [];
  /** Came while another came: at most one for each queue. */
  readonly #spare: { readonly queue: PulledQueue; readonly message: JobMessage }[] = [];
  #tags: string[] = [];
  #mode: 'push' | 'pull' = 'pull';
  #work: Promise<void> = Promise.resolve();
  #isWoken = false;
  #isStopped = false;

  constructor(ports: JobPullerPorts) {
    this.#ports = ports;
  }

  async start(queues: readonly PulledQueue[]): Promise<void> {
    this.#queues = sorted(queues);
    const [only, ...others] = this.#queues;
    if (only === undefined) return;
    // What is held from before, by leases, the server does not count.
    this.#mode = others.length === 0 && this.#ports.held() === 0 ? 'push' : 'pull';
    await this.#ports.channel.basicQos({
      prefetchCount: this.#mode === 'push' ? this.#ports.prefetch : 1,
    });
    if (this.#mode === 'pull') this.wake();
    else await this.#wait(only);
  }

  /** One queue more. */
  add(queue: PulledQueue): void {
    const isKnown = this.#queues.some(
      ({ name, priority }) => name === queue.name && priority === queue.priority,
    );
    if (isKnown) return;
    this.#queues = sorted([...this.#queues, queue]);
    void this.pull();
  }

  /**
   * From now on jobs are asked for one by one: the server does not know how many there are. Resolves when it pushes
   * no more.
   */
  pull(): Promise<void> {
    const wasPush = this.#mode === 'push';
    this.#mode = 'pull';
    this.#do(async () => {
      await this.#leaveAll();
      if (wasPush) await this.#ports.channel.basicQos({ prefetchCount: 1 });
      // Who has no room for long keeps nothing from others.
      if (!this.#hasRoom()) await this.#giveBackSpare();
      this.wake();
    });
    return this.#work;
  }

  /** There may be room, or jobs. */
  wake(): void {
    if (this.#mode === 'push' || this.#isWoken) return;
    this.#isWoken = true;
    this.#do(async () => {
      this.#isWoken = false;
      await this.#fill();
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#do(() => this.#leaveAll());
    await this.#work;
    await this.#giveBackSpare();
  }

  async #giveBackSpare(): Promise<void> {
    for (const { message } of this.#spare.splice(0)) await this.#ports.giveBack(message);
  }

  #hasRoom(): boolean {
    return !this.#isStopped && this.#ports.held() < this.#ports.prefetch;
  }

  // One thing after the other; a channel that fails is closed, and all of this begins anew.
  #do(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch(() => undefined);
  }

  async #fill(): Promise<void> {
    if (!this.#hasRoom()) return;
    await this.#leaveAll();
    while (this.#hasRoom()) {
      const message = await this.#takeBest();
      if (message === undefined) break;
      this.#ports.onMessage(message);
    }
    // Room is left and nothing is there: the next to come says so by itself.
    if (this.#hasRoom()) for (const queue of this.#queues) await this.#wait(queue);
  }

  async #takeBest(): Promise<JobMessage | undefined> {
    for (const queue of this.#queues) {
      const at = this.#spare.findIndex((spare) => spare.queue.priority === queue.priority);
      const [spare] = at < 0 ? [] : this.#spare.splice(at, 1);
      const message =
        spare?.message ?? (await this.#ports.channel.basicGet({ queue: nameOf(queue) }));
      if (message !== undefined) return message;
    }
    return undefined;
  }

  async #wait(queue: PulledQueue): Promise<void> {
    const { consumerTag } = await this.#ports.channel.basicConsume(
      { queue: nameOf(queue) },
      (message) => {
        this.#receive(queue, message);
      },
    );
    this.#tags.push(consumerTag);
  }

  #receive(queue: PulledQueue, message: JobMessage): void {
    if (this.#mode === 'push' && !this.#isStopped) {
      this.#ports.onMessage(message);
      return;
    }
    this.#spare.push({ queue, message });
    this.wake();
  }

  async #leaveAll(): Promise<void> {
    const tags = this.#tags;
    this.#tags = [];
    await Promise.all(tags.map((tag) => this.#ports.channel.basicCancel(tag)));
    // What came before the server heard of it is told of in the next round of the loop.
    if (tags.length > 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

function sorted(queues: readonly PulledQueue[]): readonly PulledQueue[] {
  return [...queues].sort((a, b) => b.priority - a.priority);
}

function nameOf(queue: PulledQueue): string {
  return jobQueue(queue.name, queue.priority);
}
