import {
  CHANGED_INDEX,
  HEAD_BYTES,
  type RequestLine,
  RING_BYTES,
  SLOT_BYTES,
  SLOT_COUNT,
  startIndex,
  writeFree,
  writeHead,
  writeOpen,
  writeRequest,
} from '../../../report/request-slots.ts';
import { SLOT, type SlotOwner } from './request-tap.ts';

/** The last slots are for the newest requests when there are more than fit: one of those may be the guilty one. */
const NEWEST = 32;
const ORDINARY = SLOT_COUNT - NEWEST;

/** The bytes that have changed since the last write. */
export interface ChangedBytes {
  readonly from: number;
  readonly to: number;
}

/** The requests in flight, in memory that a thread can read while the event loop is stuck. */
export class RequestRing {
  readonly memory = new SharedArrayBuffer(RING_BYTES);
  readonly bytes = Buffer.from(this.memory);
  readonly #times = new Float64Array(this.memory);
  readonly #words = new Int32Array(this.memory, 0, HEAD_BYTES / 4);
  readonly #owners = new Array<SlotOwner | null>(SLOT_COUNT).fill(null);
  // Of the free slots the one used last is used next: what changes stays close together.
  readonly #free = Array.from({ length: ORDINARY }, (_, index) => ORDINARY - 1 - index);
  #newest = 0;
  #missed = 0;
  #from = 0;
  #to = HEAD_BYTES;

  constructor() {
    writeHead(this.bytes, 0);
  }

  get isFull(): boolean {
    return this.#free.length === 0;
  }

  /** Gives a request whose handler begins a slot; when there is none left, that of an older one. */
  take(owner: SlotOwner, request: RequestLine, startedAt: number): void {
    const slot = this.#free.pop() ?? this.#takeFromOlder();
    this.#owners[slot] = owner;
    owner[SLOT] = slot;
    // Whoever reads the slot meanwhile sees the older one with a younger age, or none.
    this.#times[startIndex(slot)] = startedAt;
    writeRequest(this.bytes, slot, request);
    this.#touch(slot);
  }

  /** Its handler has returned. */
  leave(owner: SlotOwner): void {
    const slot = this.#slotOf(owner);
    if (slot === null) return;
    writeOpen(this.bytes, slot);
    this.#touch(slot);
  }

  release(owner: SlotOwner): void {
    const slot = this.#slotOf(owner);
    if (slot === null) {
      this.#countMissed(-1);
      return;
    }
    this.#owners[slot] = null;
    if (slot < ORDINARY) this.#free.push(slot);
    writeFree(this.bytes, slot);
    this.#touch(slot);
  }

  /** What a file of the ring lacks; null when nothing. */
  takeChanges(): ChangedBytes | null {
    if (this.#from === this.#to) return null;
    const changed = { from: this.#from, to: this.#to };
    this.#from = this.#to = 0;
    this.#words[CHANGED_INDEX] = 0;
    return changed;
  }

  #takeFromOlder(): number {
    const slot = ORDINARY + this.#newest;
    this.#newest = (this.#newest + 1) % NEWEST;
    if (this.#owners[slot] !== null) this.#countMissed(1);
    return slot;
  }

  #slotOf(owner: SlotOwner): number | null {
    const slot = owner[SLOT];
    return slot !== undefined && this.#owners[slot] === owner ? slot : null;
  }

  #countMissed(more: 1 | -1): void {
    this.#missed += more;
    writeHead(this.bytes, this.#missed);
    this.#widen(0, HEAD_BYTES);
  }

  #touch(slot: number): void {
    const from = HEAD_BYTES + slot * SLOT_BYTES;
    this.#widen(from, from + SLOT_BYTES);
  }

  #widen(from: number, to: number): void {
    if (this.#from === this.#to) {
      this.#from = from;
      this.#to = to;
      this.#words[CHANGED_INDEX] = 1;
      return;
    }
    if (from < this.#from) this.#from = from;
    if (to > this.#to) this.#to = to;
  }
}
