import type { Clock } from '../../util/clock.ts';
import type {
  BrokerSettings,
  ConsumeOptions,
  DeadLetter,
  DeathReason,
  JobMessage,
  QueueCounts,
} from '../broker.ts';
import { DeadShelf } from './dead-shelf.ts';
import { DeadlineHeap } from './deadline-heap.ts';
import { type DeliveryDesk, EmbeddedConsumer } from './embedded-consumer.ts';
import { JobQueue } from './job-queue.ts';
import { del, type JobStore, put, type StoreChange } from './job-store.ts';
import type { KeptTally } from './kept-tally.ts';
import type { MailboxDesk } from './mailbox-desk.ts';
import { encodeJob, encodeLetter, type HeldJob, type JobHead, keyOf, textOf } from './records.ts';

export interface JobDeskPorts {
  readonly store: JobStore;
  readonly tally: KeptTally;
  readonly mailboxes: MailboxDesk;
  readonly clock: Clock;
  readonly settings: BrokerSettings;
}

/** The jobs of an embedded broker, in their queues and in the hands of workers. */
export class JobDesk implements DeliveryDesk {
  readonly dead: DeadShelf;
  readonly #ports: JobDeskPorts;
  readonly #queues = new Map<string, JobQueue>();
  readonly #waiting = new Map<string, HeldJob>();
  readonly #deadlines: DeadlineHeap<HeldJob>;
  readonly #restored: HeldJob[] = [];

  constructor(ports: JobDeskPorts) {
    this.#ports = ports;
    const { store, tally, clock, settings } = ports;
    this.#deadlines = new DeadlineHeap(
      clock,
      (job) => void this.#expire(job),
      (job) => this.#waiting.get(job.head.id) === job,
    );
    this.dead = new DeadShelf({
      store,
      tally,
      maxDead: settings.maxDead,
      revive: (letter, changes, undo) => this.#revive(letter, changes, undo),
    });
  }

  /** A queue that was there before this process. */
  restoreQueue(name: string): JobQueue {
    const queue = new JobQueue(name);
    this.#queues.set(name, queue);
    return queue;
  }

  /** A job that was there before this process. */
  restoreJob(seq: number, found: { head: JobHead; args: string }, failures: number): void {
    const { head, args } = found;
    const fits = this.#ports.tally.hasRoomFor(args.length);
    this.#ports.tally.add(args.length, fits);
    this.#restored.push({
      seq,
      head,
      args: fits ? args : null,
      size: args.length,
      failures,
      isOver: false,
    });
  }

  /** All that was there before has been restored: what has died meanwhile can be told to its mailbox. */
  begin(): void {
    for (const job of this.#restored.splice(0)) this.#enqueue(job);
  }

  async publish(job: JobMessage): Promise<'queued' | 'unroutable'> {
    if (!this.#queues.has(job.name)) return 'unroutable';
    await this.#admit(job, [], () => []);
    return 'queued';
  }

  async consume(options: ConsumeOptions): Promise<EmbeddedConsumer> {
    const missing = options.names.filter((name) => !this.#queues.has(name)).map(keyOf.queue);
    if (missing.length > 0)
      await this.#ports.store.offer(
        missing.map((key) => put(key, '')),
        () => missing.map(del),
      );
    const queues = options.names.map((name) => this.#queues.get(name) ?? this.restoreQueue(name));
    return new EmbeddedConsumer(options, queues, this);
  }

  async cancel(jobId: string): Promise<boolean> {
    const job = this.#waiting.get(jobId);
    if (job === undefined || !this.#leaveQueue(job)) return false;
    await this.finish(job);
    return true;
  }

  counts(names: readonly string[]): readonly QueueCounts[] {
    const queues = names
      .map((name) => this.#queues.get(name))
      .filter((queue) => queue !== undefined);
    return queues.map(({ name, size, takerCount }) => ({
      name,
      ready: size,
      consumers: takerCount,
    }));
  }

  stop(): void {
    this.#deadlines.stop();
  }

  argsOf(job: HeldJob): Promise<string | undefined> | string {
    return (
      job.args ?? this.#ports.store.read(keyOf.job(job.seq)).then((text) => text && textOf(text))
    );
  }

  async answer(job: HeldJob, body: string): Promise<'delivered' | 'gone'> {
    const { mailboxes, store } = this.#ports;
    const { replyTo, correlationId } = job.head;
    const letter = { kind: 'result', correlationId, body } as const;
    const { args } = job;
    // Arguments that are on disk alone would be wanted if it had to be put there again.
    const goesToo = store.hasTexts && args !== null;
    const fate = await mailboxes.post(replyTo, letter, {
      changes: goesToo ? deletionsOf(job) : [],
      undo: () => (goesToo ? recordsOf(job, args) : []),
      frees: 1,
    });
    if (fate === 'delivered' && goesToo) this.#drop(job);
    else await this.finish(job);
    return fate;
  }

  async finish(job: HeldJob): Promise<void> {
    const changes = this.#forget(job);
    if (changes.length > 0) await this.#ports.store.settle(changes);
  }

  async fail(job: HeldJob): Promise<void> {
    job.failures += 1;
    if (job.failures >= this.#ports.settings.maxDeliveries) {
      const message = `${String(job.failures)} workers were lost, or gave up, while they had it`;
      await this.bury(job, { code: 'worker_lost', message });
      return;
    }
    const isSafe = this.#ports.store.settle([put(keyOf.failures(job.seq), String(job.failures))]);
    this.putBack(job);
    await isSafe;
  }

  putBack(job: HeldJob): void {
    if (this.buryIfExpired(job)) return;
    this.#waiting.set(job.head.id, job);
    this.#watchDeadline(job);
    this.#queueOf(job).putBack(job);
  }

  async bury(job: HeldJob, reason: DeathReason): Promise<void> {
    const { store, tally, mailboxes, clock } = this.#ports;
    const args = (await this.argsOf(job)) ?? 'null';
    const { replyTo, correlationId } = job.head;
    const letter: DeadLetter = {
      job: { ...job.head, args },
      reason,
      attempts: job.failures,
      diedAt: clock.wallTime(),
    };
    const changes = [...this.#forget(job), ...this.dead.add(job, letter)];
    const body = JSON.stringify(reason);
    const post = mailboxes.prepare(replyTo, { kind: 'death', correlationId, body });
    if (post !== null) changes.push(put(keyOf.letter(post.letter.seq), encodeLetter(post.letter)));
    await store.settle(changes);
    if (post === null) return;
    tally.add(post.letter.size, true);
    post.shelf.add(post.letter);
  }

  buryIfExpired(job: HeldJob): boolean {
    const { deadline } = job.head;
    if (deadline === null || deadline > this.#ports.clock.wallTime()) return false;
    this.#waiting.delete(job.head.id);
    void this.bury(job, EXPIRED);
    return true;
  }

  async #admit(
    job: JobMessage,
    changes: readonly StoreChange[],
    undo: () => readonly StoreChange[],
  ): Promise<void> {
    const { store, tally } = this.#ports;
    const { args } = job;
    const head = headOf(job);
    const fits = tally.admit(args.length);
    const seq = tally.nextSeq();
    const key = keyOf.job(seq);
    try {
      if (store.hasTexts)
        await store.offer([...changes, put(key, encodeJob(head, args))], () => [
          del(key),
          ...undo(),
        ]);
    } catch (error) {
      tally.remove(args.length, fits);
      throw error;
    }
    this.#enqueue({
      seq,
      head,
      args: fits ? args : null,
      size: args.length,
      failures: 0,
      isOver: false,
    });
  }

  async #revive(
    letter: DeadLetter,
    changes: readonly StoreChange[],
    undo: () => readonly StoreChange[],
  ): Promise<void> {
    if (!this.#queues.has(letter.job.name)) this.restoreQueue(letter.job.name);
    const queue = put(keyOf.queue(letter.job.name), '');
    await this.#admit({ ...letter.job, deadline: null }, [queue, ...changes], undo);
  }

  #enqueue(job: HeldJob): void {
    if (this.buryIfExpired(job)) return;
    this.#waiting.set(job.head.id, job);
    this.#watchDeadline(job);
    this.#queueOf(job).add(job);
  }

  #watchDeadline(job: HeldJob): void {
    if (job.head.deadline !== null) this.#deadlines.add(job.head.deadline, job);
  }

  async #expire(job: HeldJob): Promise<void> {
    if (this.#leaveQueue(job)) await this.bury(job, EXPIRED);
  }

  #leaveQueue(job: HeldJob): boolean {
    this.#waiting.delete(job.head.id);
    return this.#queueOf(job).remove(job);
  }

  #queueOf(job: HeldJob): JobQueue {
    return this.#queues.get(job.head.name) ?? this.restoreQueue(job.head.name);
  }

  #forget(job: HeldJob): StoreChange[] {
    this.#drop(job);
    return this.#ports.store.hasTexts ? deletionsOf(job) : [];
  }

  #drop(job: HeldJob): void {
    if (job.isOver) return;
    job.isOver = true;
    this.#ports.tally.remove(job.size, job.args !== null);
    // A worker that was given up may have answered nevertheless.
    if (this.#waiting.get(job.head.id) === job) this.#leaveQueue(job);
  }
}

// Written out: there is one for each job, and to spread costs several times as much.
function headOf(job: JobMessage): JobHead {
  const { id, name, priority, deadline, replyTo, correlationId, publishedAt } = job;
  return { id, name, priority, deadline, replyTo, correlationId, publishedAt };
}

const EXPIRED: DeathReason = { code: 'expired', message: 'its deadline passed before it was run' };

function recordsOf(job: HeldJob, args: string): StoreChange[] {
  const job_ = put(keyOf.job(job.seq), encodeJob(job.head, args));
  return job.failures === 0 ? [job_] : [job_, put(keyOf.failures(job.seq), String(job.failures))];
}

function deletionsOf(job: HeldJob): StoreChange[] {
  const job_ = del(keyOf.job(job.seq));
  return job.failures === 0 ? [job_] : [job_, del(keyOf.failures(job.seq))];
}
