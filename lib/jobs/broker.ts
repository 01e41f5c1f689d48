/**
 * What stands between gateways and workers: it takes a job and keeps it until a worker has done it, and carries what
 * comes of it back to the gateway that asked.
 *
 * One port, several adapters (`memory:`, `file:`, `amqp:`, and one over the channel of a worker process), which all
 * pass the same suite. Execution is at least once: a job goes to another worker when the one that had it is lost.
 *
 * Whatever returns a promise rejects with
 * ERR_BROKER_AWAY while the broker cannot be reached (what was being sent may have arrived all the same),
 * ERR_BROKER_CLOSED after `close`, and where something is kept
 * ERR_BROKER_FULL when a bound is reached and ERR_BROKER_STORE when it cannot be written: then nothing is kept.
 */
export interface Broker {
  readonly state: BrokerState;

  /** Calls back for each change of `state`; the function returned unsubscribes. */
  onState(listener: (state: BrokerState) => void): () => void;

  /**
   * Puts a job in the queue of its name; resolves when the broker has confirmed that it keeps it.
   *
   * The job of a name that no worker has ever consumed is `unroutable`, and not kept.
   */
  publish(job: JobMessage): Promise<'queued' | 'unroutable'>;

  /**
   * Takes jobs of these names, those of higher priority first, the older first among equals. The queues are made if
   * need be. Consuming goes on by itself after the broker was away.
   */
  consume(options: ConsumeOptions): Promise<JobConsumer>;

  /**
   * Calls off a job: `removed` when it was still in its queue, where the broker can look for it; else `told`: every
   * process has been told by `onCancel`, and workers drop it or end it.
   */
  cancel(jobId: string): Promise<'removed' | 'told'>;

  /** Hears of every job that is called off, here or anywhere. The function returned unsubscribes. */
  onCancel(listener: (jobId: string) => void): () => void;

  /**
   * Opens a mailbox, with all that is in it and was not settled. A mailbox outlives its reader: until
   * `mailboxTtlMs` have passed without one, letters are kept for the next.
   *
   * Of several readers of one mailbox only the first gets letters. The others wait until it closes or is lost, and
   * one of them then gets whatever was not settled: so one gateway takes over from another that has died.
   */
  openMailbox(options: MailboxOptions): Promise<Mailbox>;

  /** Puts a letter in a mailbox; resolves when it is kept, with `gone` when there is no such mailbox. */
  post(address: string, letter: Letter): Promise<'delivered' | 'gone'>;

  /** Passes on what is worth something only now. It is lost without a word when nobody can take it at once. */
  tell(address: string, news: News): void;

  /** Jobs that will not be delivered again. */
  readonly dead: DeadLetters;

  /** How the queues of these names stand; a name without a queue is left out. */
  counts(names: readonly string[]): Promise<readonly QueueCounts[]>;

  /**
   * Stops consuming, waits until what was delivered is settled, and leaves. What is not settled by then goes back
   * into its queue. It never rejects; another call waits for the same end.
   *
   * @param options.drainMs - how long to wait for deliveries to be settled, milliseconds; default 0
   */
  close(options?: { readonly drainMs?: number }): Promise<void>;
}

/** `connecting` until first reached · `up` · `blocked`: it takes nothing new for now · `away` · `closed`. */
export type BrokerState = 'connecting' | 'up' | 'blocked' | 'away' | 'closed';

/** A job on its way. */
export interface JobMessage {
  /** Client and the client's own id, `clientId/id`: one job, however often it is delivered. At most 255 bytes. */
  readonly id: string;
  /** What is to be done; see `isJobName`. */
  readonly name: string;
  /** JSON text. */
  readonly args: string;
  /** 1 to 10, higher first. */
  readonly priority: number;
  /** When it is of no use any more, in milliseconds since the epoch; null: never. It then dies as `expired`. */
  readonly deadline: number | null;
  /** The mailbox for what comes of it. */
  readonly replyTo: string;
  /** What its letters and news carry, so that they find their job. At most 255 bytes. */
  readonly correlationId: string;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number;
}

export interface ConsumeOptions {
  readonly names: readonly string[];
  /** How many deliveries may be unsettled at once, over all names. */
  readonly prefetch: number;
  readonly onJob: (delivery: JobDelivery) => void;
  /** The broker has taken this delivery back, as after a lost connection; another worker gets it. Settling it does nothing. */
  readonly onLost?: (delivery: JobDelivery) => void;
}

/** Deliveries of one `consume`. */
export interface JobConsumer {
  /** No more deliveries from now on. Those that were made can still be settled. Resolves when the broker has heard. */
  stop(): Promise<void>;
}

/** One job in the hands of a worker. It is settled once; settling it again does nothing. */
export interface JobDelivery {
  readonly job: JobMessage;
  /** 1 at first; one more for each time it came back from a worker that was lost or gave up on it. */
  readonly attempt: number;
  /**
   * Done, with what came of it: its mailbox has it, and the job leaves the broker. `gone` when there is no such mailbox.
   * When it rejects, as `post` does, the job is not settled.
   *
   * @param body - of a letter of the kind `result`
   */
  answer(body: string): Promise<'delivered' | 'gone'>;
  /** Done: it leaves the broker. The promise resolves when it cannot come back, or, over AMQP, has been sent. */
  ack(): Promise<void>;
  /** Back into its queue as one failed attempt; after `maxDeliveries` of them it dies as `worker_lost`. */
  retry(): Promise<void>;
  /** Back into its queue as if it had not been delivered. */
  release(): Promise<void>;
  /** To the dead letters, with the reason, of which its gateway hears. */
  reject(reason: DeathReason): Promise<void>;
}

export interface MailboxOptions {
  /** Letters, digits and `-`; the same id is the same mailbox, for every process. */
  readonly id: string;
  readonly onMail: (mail: Mail) => void;
  readonly onNews?: (news: News) => void;
}

export interface Mailbox {
  /** For `JobMessage.replyTo`, `post` and `tell`. */
  readonly address: string;
  /** Leaves it with everything that is not settled. */
  close(): Promise<void>;
  /** Removes it with everything in it. */
  remove(): Promise<void>;
}

/** What is kept until its reader has settled it. */
export interface Letter {
  readonly kind: LetterKind;
  readonly correlationId: string;
  /** JSON text. `result`: `{ok: true, value}` or `{ok: false, error: {code, message}}` · `death`: a DeathReason · `note`: the gateway's own. */
  readonly body: string;
}

export type LetterKind = 'result' | 'death' | 'note';

/** A letter as its reader gets it. */
export interface Mail extends Letter {
  /** It may have been read before, by this reader or another one. */
  readonly redelivered: boolean;
  /** It has been dealt with, and will not come again. Settling it again does nothing. */
  settle(): void;
}

/** What is lost when nobody hears it. */
export interface News {
  readonly kind: 'started' | 'progress';
  readonly correlationId: string;
  /** JSON text. */
  readonly body: string;
}

/** Why a job will not be delivered again. */
export interface DeathReason {
  readonly code: DeathCode;
  readonly message: string;
  /** What else is known, such as a crash report. */
  readonly detail?: unknown;
}

export type DeathCode = 'expired' | 'rejected' | 'worker_lost';

export interface DeadListOptions {
  /** Default 1000. */
  readonly limit?: number;
  /** What was found before will do while there are as many: to look at them is much work for some brokers. */
  readonly mayBeOld?: boolean;
}

export interface DeadLetters {
  /** The oldest first. */
  list(options?: DeadListOptions): Promise<readonly DeadLetter[]>;
  /** Undefined when there is none of that job. */
  find(jobId: string): Promise<DeadLetter | undefined>;
  /** Puts the job in its queue again as a new one, without a deadline; false when there is none. */
  replay(jobId: string): Promise<boolean>;
  /** Forgets it; false when there is none. */
  remove(jobId: string): Promise<boolean>;
}

export interface DeadLetter {
  readonly job: JobMessage;
  readonly reason: DeathReason;
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly diedAt: number;
}

export interface QueueCounts {
  readonly name: string;
  /** Jobs that wait. */
  readonly ready: number;
  /** Consumers of this name, of every process. */
  readonly consumers: number;
}

/** What an adapter is opened with. */
export interface BrokerSettings {
  /** Deliveries of one job that may fail, worker after worker; default 3. */
  readonly maxDeliveries: number;
  /** How long a mailbox without a reader is kept, milliseconds; default 3_600_000. */
  readonly mailboxTtlMs: number;
  /** Jobs, letters and dead letters that an embedded broker keeps; more are refused with ERR_BROKER_FULL. Default 200_000. */
  readonly maxKept: number;
  /** Their texts in memory, in characters; `file:` reads the others from disk, `memory:` refuses them. Default 128 Mi. */
  readonly maxTextInMemory: number;
  /** Dead letters that are kept; beyond it the oldest goes. Default 10_000. */
  readonly maxDead: number;
  /**
   * How long RabbitMQ lets a delivery be unsettled, milliseconds; a job that takes a third of it is kept by a lease
   * from then on. Null: for as long as any job takes. Default 1_800_000, that of RabbitMQ before 3.12.
   */
  readonly consumerTimeoutMs: number | null;
}

export const BROKER_DEFAULTS: BrokerSettings = {
  maxDeliveries: 3,
  mailboxTtlMs: 3_600_000,
  maxKept: 200_000,
  maxTextInMemory: 128 * 1024 * 1024,
  maxDead: 10_000,
  consumerTimeoutMs: 1_800_000,
};

/** The priority of jobs that ask for none. */
export const DEFAULT_PRIORITY = 5;
export const HIGHEST_PRIORITY = 10;

/** Letters, digits and `_ . : -`, at most 100 of them; `dead` is the name of another queue. */
export function isJobName(name: string): boolean {
  return /^[\w.:-]{1,100}$/.test(name) && name !== 'dead';
}
