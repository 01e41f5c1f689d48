import type { Clock, Timer } from '../util/clock.ts';
import { BatchQueue, type Projection, type QueueLimits } from './batch-queue.ts';
import { createBatchText } from './batch-text.ts';

/** Where the batches of one subscriber go. */
export interface BatchSink {
  /** False while what was sent before has not gone out: nothing is sent then, and `resume` says when to go on. */
  isReady(): boolean;
  send(text: string): void;
}

export interface BatchOptions extends QueueLimits {
  /** A batch goes out when it has so many items … */
  readonly batchSize: number;
  /** … or so long after it began, milliseconds. */
  readonly maxWaitMs: number;
  /** Sends an empty batch when nothing came in that time, so that the other end knows the connection lives. */
  readonly keepAlive: boolean;
  /** Called once, when the subscriber is too slow; without it the oldest items are dropped for as long as it takes. */
  readonly onTooSlow?: () => void;
}

/** One subscriber: what waits for it, and when that goes out. */
export class Subscription {
  readonly #clock: Clock;
  readonly #sink: BatchSink;
  readonly #options: BatchOptions;
  readonly #queue: BatchQueue;
  #timer: Timer | null = null;
  #isDue = false;
  #isClosed = false;

  constructor(clock: Clock, sink: BatchSink, options: BatchOptions) {
    this.#clock = clock;
    this.#sink = sink;
    this.#options = options;
    this.#queue = new BatchQueue(options);
    if (options.keepAlive) this.#arm();
  }

  get queued(): number {
    return this.#queue.count;
  }

  get dropped(): number {
    return this.#queue.dropped;
  }

  push(item: Projection): void {
    if (this.#isClosed) return;
    if (!this.#queue.push(item) && this.#options.onTooSlow !== undefined) {
      this.close();
      this.#options.onTooSlow();
    } else if (this.#queue.count >= this.#options.batchSize) this.#flush();
    else this.#arm();
  }

  /** The sink takes batches again. */
  resume(): void {
    if (this.#isDue || this.#queue.count >= this.#options.batchSize) this.#flush();
  }

  /** Sends what waits, full batch or not, as far as the sink takes it. */
  finish(): void {
    if (this.#isClosed) return;
    while (this.#queue.count > 0 && this.#sink.isReady()) this.#sendBatch();
    this.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #arm(): void {
    this.#timer ??= this.#clock.setTimer(this.#options.maxWaitMs, () => {
      this.#timer = null;
      this.#isDue = true;
      this.#flush();
    });
  }

  /** Every full batch, and the last one if its time has come. */
  #flush(): void {
    while (this.#mustSend() && this.#sink.isReady()) this.#sendBatch();
    if (this.#isClosed || this.#isDue) return;
    if (this.#queue.count > 0 || this.#options.keepAlive) this.#arm();
  }

  #mustSend(): boolean {
    if (this.#isClosed) return false;
    if (this.#queue.count >= this.#options.batchSize) return true;
    return this.#isDue && (this.#queue.count > 0 || this.#options.keepAlive);
  }

  #sendBatch(): void {
    this.#isDue = false;
    this.#timer?.cancel();
    this.#timer = null;
    this.#sink.send(createBatchText(this.#queue.take(this.#options.batchSize)));
  }
}
