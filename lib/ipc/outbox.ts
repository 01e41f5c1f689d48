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
 * what is in it: one system call, one parse and one event at the other end.
 */
export class Outbox {
  readonly #channel: IpcChannel;
  #entries: Entry[] = [];
  #saidThisTick = 0;
  #saidLastTick = 0;
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
    this.#saidThisTick++;
    if (this.#saidThisTick > 1) {
      this.#entries.push(entry);
      return;
    }
    // Not a microtask: handlers that answer after an await or two then still answer together.
    process.nextTick(this.#endTick);
    // Where ticks have one message each, waiting for a second one is only delay.
    if (this.#saidLastTick <= 1) this.#send([entry]);
    else this.#entries.push(entry);
  }

  readonly #endTick = (): void => {
    this.#saidLastTick = this.#saidThisTick;
    this.#saidThisTick = 0;
    this.flush();
  };

  /** Hands everything to the channel now. */
  flush(): void {
    const entries = this.#entries;
    this.#entries = [];
    let start = 0;
    while (start < entries.length) {
      const end = findBatchEnd(entries, start);
      this.#send(end - start === entries.length ? entries : entries.slice(start, end));
      start = end;
    }
  }

  /** Gives up what was not handed over yet. */
  discard(error: Error): void {
    const entries = this.#entries;
    this.#entries = [];
    this.#settle(entries, error);
  }

  whenEmpty(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty.push(resolve);
    });
  }

  #send(batch: readonly Entry[]): void {
    try {
      this.#channel.send(createEnvelope(batch), (error) => {
        this.#settle(batch, error);
      });
    } catch (error) {
      // One message that cannot be written must not take the others of its tick with it.
      if (batch.length > 1) for (const entry of batch) this.#send([entry]);
      else this.#settle(batch, error instanceof Error ? error : new Error(String(error)));
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

// What a reader takes from the channel at once: with longer messages it would sit idle, waiting for their end.
const MAX_BATCH_SIZE = 64_000;

function findBatchEnd(entries: readonly Entry[], start: number): number {
  let size = 0;
  let end = start;
  for (; end < entries.length; end++) {
    size += entries[end]?.size ?? 0;
    if (size > MAX_BATCH_SIZE && end > start) break;
  }
  return end;
}
