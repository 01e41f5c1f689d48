import type { IpcChannel } from './channel.ts';
import type { WirePacket } from './envelope.ts';
import { type ErrorLike, toErrorLike } from './error-like.ts';
import {
  describeClosed,
  describeDestroyed,
  describeQueueFull,
  describeUnsent,
} from './ipc-errors.ts';
import { type OnSent, Outbox, type OutboxCounts } from './outbox.ts';
import { packValue, type PackedValue } from './packed-value.ts';

/** The sending half of a managed channel: says whether something can be sent, and why not, and sends it. */
export class Sender {
  readonly peer: string;
  readonly #channel: IpcChannel;
  readonly #maxQueuedBytes: number;
  readonly #outbox: Outbox;
  #life: 'open' | 'closed' | 'destroyed';

  constructor(channel: IpcChannel, maxQueuedBytes: number) {
    this.peer = channel.peer ?? 'the other process';
    this.#channel = channel;
    this.#maxQueuedBytes = maxQueuedBytes;
    this.#outbox = new Outbox(channel);
    this.#life = channel.connected ? 'open' : 'closed';
  }

  get isOpen(): boolean {
    return this.#life === 'open' && this.#channel.connected;
  }

  get queued(): OutboxCounts {
    return this.#outbox.queued;
  }

  /** Prepares a value for this channel. Throws ERR_IPC_VALUE when it holds what cannot be copied. */
  pack(value: unknown): PackedValue {
    return packValue(value, this.#channel.carriesBinary === true);
  }

  /** Why a message of that size cannot be sent now; null when it can. */
  refusal(name: string, size: number): ErrorLike | null {
    if (this.#life === 'destroyed') return describeDestroyed(name, this.peer);
    if (!this.isOpen) return describeClosed(name, this.peer);
    const hasRoom = this.#outbox.queued.bytes + size <= this.#maxQueuedBytes;
    return hasRoom ? null : describeQueueFull(name, this.peer, this.#maxQueuedBytes);
  }

  send(head: WirePacket, value: PackedValue, onSent: OnSent | null): void {
    this.#outbox.add(completePacket(head, value), value.size + HEAD_SIZE, onSent);
  }

  describeUnsent(name: string, error: Error): ErrorLike {
    return this.isOpen
      ? describeUnsent(name, this.peer, toErrorLike(error))
      : describeClosed(name, this.peer);
  }

  flush(): void {
    if (this.isOpen) this.#outbox.flush();
  }

  flushAtExit(): void {
    if (this.isOpen) this.#outbox.flushAtExit();
  }

  whenFlushed(): Promise<void> {
    return this.#outbox.whenEmpty();
  }

  /** The peer is gone: what was not handed over is given up. Returns false when sending had ended before. */
  close(): boolean {
    if (this.#life !== 'open') return false;
    this.#life = 'closed';
    this.#outbox.discard(new Error(`${this.peer} is gone`));
    return true;
  }

  /** Sends what waits, and nothing any more. Returns false when that was done before. */
  destroy(): boolean {
    if (this.#life === 'destroyed') return false;
    this.flush();
    this.#life = 'destroyed';
    return true;
  }
}

const HEAD_SIZE = 40;

function completePacket(packet: WirePacket, value: PackedValue): WirePacket {
  if (value.packed) packet.push(value.value, 1);
  else if (value.value !== undefined) packet.push(value.value);
  return packet;
}
