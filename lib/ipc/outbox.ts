import type { IpcChannel } from './channel.ts';
import { createEnvelope, type WirePacket } from './envelope.ts';

/** Called once for each packet given to an outbox: null when it was written, the error otherwise. */
export type OnSent = (error: Error | null) => void;

export interface OutboxCounts {
  /** Messages not yet written to the channel. */
  readonly count: number;
  /** Their size in characters, roughly. */
  readonly bytes: number;
}

/**
 * What waits to be sent over one channel. Packets of one tick leave together, because a message costs far more than
 * what is in it: one system call, one parse and one event at the other end. One message is under way at a time; what
 * is said meanwhile makes up the next, so that a slow reader is sent fewer and larger ones.
 */
export class Outbox {
  readonly #channel: IpcChannel;
  #entries: Entry[] = [];
  #underWay = 0;
  #isTickEnding = false;
  #lastBatchCount = 0;
  #count = 0;
  #bytes = 0;
  #onEmpty: (() => void)[] = [];

  constructor(channel: IpcChannel) {
    this.#channel = channel;
  }

  get queued(): OutboxCounts {
    return { count: this.#count, bytes: this.#bytes };
  }

  add(packet: WirePacket, size: number, onSent: OnSent | null): void {
    const entry = { packet, size, onSent };
    this.#count++;
    this.#bytes += size;
    // Where messages come one by one, waiting for a second one is only delay. A large one waits for the end of the
    // tick all the same: should the process end before, it can still be written as a whole.
    const isAlone = this.#underWay === 0 && this.#lastBatchCount <= 1 && !this.#isTickEnding;
    if (isAlone && size < MAX_BATCH_SIZE && this.#entries.length === 0) {
      this.#send([entry]);
      return;
    }
    this.#entries.push(entry);
    if (this.#underWay === 0) this.#sendAfterTick();
  }

  /** Hands everything to the channel now. */
  flush(): void {
    while (this.#entries.length > 0) this.#sendBatch();
  }

  /** Writes everything before it returns, where the channel can do that. */
  flushAtExit(): void {
    while (this.#entries.length > 0) {
      const batch = this.#takeBatch();
      if (this.#channel.sendNow?.(createEnvelope(batch)) === true) this.#settle(batch, null);
      else this.#send(batch);
    }
  }

  /** Gives up what was not handed over yet. */
  discard(error: Error): void {
    this.#settle(this.#takeAll(), error);
  }

  whenEmpty(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty.push(resolve);
    });
  }

  #sendAfterTick(): void {
    if (this.#isTickEnding) return;
    this.#isTickEnding = true;
    // Not a microtask: handlers that answer after an await or two then still answer together.
    process.nextTick(this.#endTick);
  }

  readonly #endTick = (): void => {
    this.#isTickEnding = false;
    // What a closed channel leaves here is given up by `discard` when the news arrives.
    if (this.#underWay === 0 && this.#entries.length > 0 && this.#channel.connected)
      this.#sendBatch();
  };

  #sendBatch(): void {
    const batch = this.#takeBatch();
    this.#lastBatchCount = batch.length;
    this.#send(batch);
  }

  #takeBatch(): Entry[] {
    const end = findBatchEnd(this.#entries);
    return end === this.#entries.length ? this.#takeAll() : this.#entries.splice(0, end);
  }

  #takeAll(): Entry[] {
    const entries = this.#entries;
    this.#entries = [];
    return entries;
  }

  #send(batch: readonly Entry[]): void {
    this.#underWay++;
    try {
      this.#channel.send(createEnvelope(batch), (error) => {
        this.#underWay--;
        // Node reports no error for what it throws away when the channel closes.
        this.#settle(
          batch,
          error ?? (this.#channel.connected ? null : new Error('the channel closed')),
        );
        if (this.#entries.length > 0) this.#endTick();
      });
    } catch (error) {
      this.#underWay--;
      // One message that cannot be written must not take the others of its tick with it.
      if (batch.length > 1) for (const entry of batch) this.#send([entry]);
      else this.#settle(batch, error instanceof Error ? error : new Error(String(error)));
      if (this.#entries.length > 0) this.#sendAfterTick();
    }
  }

  #settle(entries: readonly Entry[], error: Error | null): void {
    for (const { size, onSent } of entries) {
      this.#count--;
      this.#bytes -= size;
      onSent?.(error);
    }
    if (this.#count > 0) return;
    const waiting = this.#onEmpty;
    this.#onEmpty = [];
    for (const resolve of waiting) resolve();
  }
}

interface Entry {
  readonly packet: WirePacket;
  readonly size: number;
  readonly onSent: OnSent | null;
}

// Both limits let the other process begin while this one still writes the rest. The size is what a reader takes from
// the channel at once; both are measured, see bench/ipc.
const MAX_BATCH_SIZE = 64_000;
const MAX_BATCH_COUNT = 32;

function findBatchEnd(entries: readonly Entry[]): number {
  let size = entries[0]?.size ?? 0;
  let end = 1;
  for (; end < entries.length && end < MAX_BATCH_COUNT; end++) {
    size += entries[end]?.size ?? 0;
    if (size > MAX_BATCH_SIZE) break;
  }
  return end;
}
