import type { Clock, Timer } from '../util/clock.ts';
import type { Backlog } from './backlog.ts';
import { BatchQueue } from './batch-queue.ts';
import type { Projection, QueueLimits } from './projection.ts';
import { Batch } from './batch.ts';
import type { LogCursor, LogReader, SharedLog } from './shared-log.ts';

/** Where the batches of one subscriber go. */
export interface BatchSink {
  /** False while what was sent before has not gone out: nothing is sent then, and `resume` says when to go on. */
  isReady(): boolean;
  /** @param next - where to go on after it, if batches say so */
  send(text: Uint8Array, next?: string): void;
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
  /** Says of what an item is the newest state: only that waits. Such a subscriber has a queue of its own. */
  readonly conflate?: (item: Projection) => string | undefined;
  /** Batches say where to go on after them, with this before the number; default: they do not. */
  readonly positionPrefix?: string;
  /** Told of so many items that were dropped since the previous batch. */
  readonly onDropped?: (count: number) => void;
}

/** One subscriber: what waits for it, and when that goes out. */
export class Subscription implements LogReader {
  readonly #clock: Clock;
  readonly #sink: BatchSink;
  readonly #options: BatchOptions;
  readonly #own: BatchQueue;
  readonly #cursor: LogCursor | null;
  readonly #backlog: Backlog;
  #timer: Timer | null = null;
  /** When the batch has to go out; it moves on with each batch, the timer follows. */
  #deadline: number | null = null;
  #isDue = false;
  #isBlocked = false;
  #isClosed = false;

  /** @param log - where what it wants is kept; null: in a queue of its own */
  constructor(
    clock: Clock,
    sink: BatchSink,
    [options, log]: readonly [BatchOptions, SharedLog | null],
  ) {
    this.#clock = clock;
    this.#sink = sink;
    this.#options = options;
    this.#own = new BatchQueue(options);
    this.#cursor = log?.join(this) ?? null;
    this.#backlog = this.#cursor ?? this.#own;
    this.#waitForItems();
  }

  get queued(): number {
    return this.#backlog.count;
  }

  get dropped(): number {
    return this.#backlog.dropped;
  }

  get isWatched(): boolean {
    return !this.#isBlocked || this.#options.onTooSlow !== undefined;
  }

  /** An item for its own queue. */
  push(item: Projection): void {
    if (this.#isClosed) return;
    const fits = this.#own.push(item, this.#options.conflate?.(item));
    if (!fits && this.#options.onTooSlow !== undefined) this.#giveUp();
    else this.onItems();
  }

  onItems(): void {
    if (this.#isClosed) return;
    if (this.#backlog.count >= this.#options.batchSize) this.#flush();
    else this.#waitForItems();
  }

  onOverrun(): void {
    if (this.#isClosed) return;
    this.#isDue = true;
    this.#flush();
    if (this.#isBlocked && this.#options.onTooSlow !== undefined) this.#giveUp();
  }

  /** The sink takes batches again. */
  resume(): void {
    if (!this.#isBlocked || this.#isClosed) return;
    this.#isBlocked = false;
    this.#cursor?.watch();
    this.#flush();
  }

  /** Sends what waits, full batch or not; says how much was lost where the sink takes no more. */
  finish(): void {
    if (this.#isClosed) return;
    while (this.#backlog.count > 0 && this.#sink.isReady()) this.#sendBatch();
    const lost = this.#backlog.count;
    if (lost > 0) this.#sendLoss(lost);
    this.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#timer = null;
    this.#cursor?.leave();
  }

  #giveUp(): void {
    this.close();
    this.#options.onTooSlow?.();
  }

  /** Every full batch, and the last one if its time has come. */
  #flush(): void {
    while (this.#mustSend()) {
      this.#isBlocked = !this.#sink.isReady();
      if (this.#isBlocked) return;
      this.#sendBatch();
    }
    if (!this.#isClosed) this.#waitForItems();
  }

  #mustSend(): boolean {
    if (this.#isClosed) return false;
    if (this.#backlog.count >= this.#options.batchSize) return true;
    return this.#isDue && (this.#backlog.count > 0 || this.#options.keepAlive);
  }

  #sendBatch(): void {
    this.#isDue = false;
    this.#deadline = null;
    const { batch, dropped } = this.#backlog.take(this.#options.batchSize);
    if (dropped > 0) this.#options.onDropped?.(dropped);
    const { positionPrefix: prefix = null } = this.#options;
    const text = batch.encode(dropped, prefix);
    const { position } = batch;
    if (prefix === null || position === undefined) this.#sink.send(text);
    else this.#sink.send(text, `${prefix}${position}`);
  }

  #sendLoss(lost: number): void {
    const { dropped } = this.#backlog.take(lost);
    this.#options.onDropped?.(lost + dropped);
    this.#sink.send(new Batch([]).encode(lost + dropped, null));
  }

  #waitForItems(): void {
    const { keepAlive, batchSize } = this.#options;
    const isBegun = keepAlive || this.#backlog.count > 0;
    this.#cursor?.callAtCount(isBegun ? batchSize : 1);
    if (isBegun && this.#deadline === null) this.#startTime();
  }

  #startTime(): void {
    const { maxWaitMs } = this.#options;
    this.#deadline = this.#clock.now() + maxWaitMs;
    this.#timer ??= this.#setTimer(maxWaitMs);
  }

  #setTimer(delayMs: number): Timer {
    return this.#clock.setTimer(delayMs, () => {
      this.#timer = null;
      if (this.#deadline === null) return;
      const leftMs = this.#deadline - this.#clock.now();
      if (leftMs >= 1) this.#timer = this.#setTimer(leftMs);
      else {
        this.#isDue = true;
        this.#flush();
      }
    });
  }
}
