import type { Clock, Timer } from '../../util/clock.ts';
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
  readonly clock: Clock;
  readonly prefetch: number;
  /** Jobs handed over and not settled. */
  readonly held: () => number;
  /** Of each that the server has delivered, however it came. */
  readonly onArrival: (deliveryTag: number) => void;
  readonly onMessage: (message: JobMessage) => void;
  readonly giveBack: (message: JobMessage) => Promise<void>;
}

interface Spare {
  readonly queue: PulledQueue;
  readonly message: JobMessage;
  readonly cameAt: number;
}

/** A job that has waited here for so long is another worker's. */
const LONGEST_SPARE_MS = 100;
/** A queue that was empty is looked at again after that. */
const EMPTY_MS = 10;

/**
 * Takes jobs from several queues, those of higher priority first, and hands over no more than there is room for.
 *
 * The server limits what a consumer has by queue, not over several. While the queues are as good as empty it pushes
 * what comes to any of them; what is too much waits here, for moments only. When it would wait longer it goes back, and
 * jobs are asked for one by one, from the highest queue down, until all queues are empty again.
 */
export class JobPuller {
  readonly #ports: JobPullerPorts;
  #queues: readonly PulledQueue[] = [];
  /** Pushed, and not handed over: at most `prefetch` for each queue. */
  #spare: Spare[] = [];
  readonly #emptyUntil = new Map<PulledQueue, number>();
  #tags: string[] = [];
  #mode: 'push' | 'pull' = 'pull';
  #work: Promise<void> = Promise.resolve();
  #look: Timer | null = null;
  #isWoken = false;
  #isStopped = false;

  constructor(ports: JobPullerPorts) {
    this.#ports = ports;
  }

  async start(queues: readonly PulledQueue[]): Promise<void> {
    this.#queues = sorted(queues);
    const { channel, prefetch } = this.#ports;
    await channel.basicQos({ prefetchCount: prefetch });
    // The order of what waits already is to be kept: it is asked for.
    if (this.#queues.length === 1) await this.#listen();
    else this.wake();
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

  /** Has jobs asked for one by one until all queues are empty. Resolves when the server pushes none. */
  pull(): Promise<void> {
    this.#do(async () => {
      await this.#stopListening();
      // Who has no room for long keeps nothing from others.
      if (!this.#hasRoom()) await this.#giveBackSpare();
      this.wake();
    });
    return this.#work;
  }

  /** The server pushes what comes, and has confirmed that it does. */
  get isListening(): boolean {
    return this.#mode === 'push' && this.#tags.length === this.#queues.length;
  }

  /** There may be room, or jobs. */
  wake(): void {
    if (this.#mode === 'push') {
      this.#handOver();
      return;
    }
    if (this.#isWoken) return;
    this.#isWoken = true;
    this.#do(async () => {
      this.#isWoken = false;
      if (this.#mode === 'pull') await this.#fill();
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#look?.cancel();
    this.#do(() => this.#stopListening());
    await this.#work;
    await this.#giveBackSpare();
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
    while (this.#hasRoom()) {
      const message = await this.#takeBest();
      if (message === undefined) break;
      this.#ports.onMessage(message);
    }
    // Room is left and nothing is there: what comes next is pushed.
    if (this.#hasRoom()) await this.#listen();
  }

  async #takeBest(): Promise<JobMessage | undefined> {
    for (const queue of this.#queues) {
      const spare = this.#takeSpare(queue.priority);
      if (spare !== undefined) return spare;
      const message = await this.#ask(queue);
      if (message !== undefined) return message;
    }
    return undefined;
  }

  async #ask(queue: PulledQueue): Promise<JobMessage | undefined> {
    const { channel, clock } = this.#ports;
    if ((this.#emptyUntil.get(queue) ?? 0) > clock.now()) return undefined;
    const message = await channel.basicGet({ queue: nameOf(queue) });
    if (message !== undefined) this.#ports.onArrival(message.deliveryTag);
    if (message === undefined || message.messageCount === 0)
      this.#emptyUntil.set(queue, clock.now() + EMPTY_MS);
    return message;
  }

  async #listen(): Promise<void> {
    this.#mode = 'push';
    this.#emptyUntil.clear();
    const { channel } = this.#ports;
    const answers = this.#queues.map((queue) =>
      channel.basicConsume({ queue: nameOf(queue) }, (message) => {
        this.#receive(queue, message);
      }),
    );
    for (const answer of answers) this.#tags.push((await answer).consumerTag);
  }

  #receive(queue: PulledQueue, message: JobMessage): void {
    this.#ports.onArrival(message.deliveryTag);
    this.#spare.push({ queue, message, cameAt: this.#ports.clock.now() });
    this.wake();
  }

  #handOver(): void {
    while (this.#spare.length > 0 && this.#hasRoom()) {
      const best = Math.max(...this.#spare.map(({ queue }) => queue.priority));
      const message = this.#takeSpare(best);
      if (message !== undefined) this.#ports.onMessage(message);
    }
    if (this.#spare.length > 0 && !this.#isStopped) this.#look ??= this.#armLook();
  }

  /** The oldest of that priority. */
  #takeSpare(priority: number): JobMessage | undefined {
    const at = this.#spare.findIndex(({ queue }) => queue.priority === priority);
    return at < 0 ? undefined : this.#spare.splice(at, 1)[0]?.message;
  }

  #armLook(): Timer {
    const { clock } = this.#ports;
    return clock.setTimer(LONGEST_SPARE_MS, () => {
      this.#look = null;
      const oldest = this.#spare[0]?.cameAt ?? Infinity;
      if (clock.now() - oldest >= LONGEST_SPARE_MS)
        this.#do(async () => {
          await this.#stopListening();
          await this.#giveBackSpare();
          this.wake();
        });
      else if (this.#spare.length > 0) this.#look = this.#armLook();
    });
  }

  async #giveBackSpare(): Promise<void> {
    const spare = this.#spare;
    this.#spare = [];
    await Promise.all(spare.map(({ message }) => this.#ports.giveBack(message)));
  }

  async #stopListening(): Promise<void> {
    const tags = this.#tags;
    this.#tags = [];
    this.#mode = 'pull';
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
