import { rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RequestLine } from '../../../report/request-slots.ts';
import type { Clock } from '../../../util/clock.ts';
import { ringDirectories, type ServerBoot } from '../../server-boot.ts';
import type { EarlyRequest } from './early-requests.ts';
import { RequestRing } from './request-ring.ts';
import { type RequestOwner, type RequestSink, SLOT } from './request-tap.ts';
import { createRingFile, type RingFile } from './ring-file.ts';

/** What a thread beside the event loop needs to write the file. */
export interface SharedRing {
  readonly memory: SharedArrayBuffer;
  readonly descriptor: number;
  readonly path: string;
}

/** So long after the first of some requests all of them are looked at, and what is open is in the file. */
const BATCH_MS = 2;
/**
 * More are looked at before. An answered request that is held for longer survives the next collection of
 * garbage, and with some dozens of them the heap of a busy server grows by megabytes.
 */
const MOST_FRESH = 4;

/**
 * Keeps the requests in flight where the monitor finds them after any death: in memory, and from there in a
 * file. The first request in two milliseconds is in the file before its handler begins, others are so
 * within two milliseconds, or once the watchdog finds the loop stuck.
 *
 * One that is answered within that time costs nothing but its slot: nobody listens for its end.
 */
export class FlightRecorder implements RequestSink {
  readonly #clock: Clock;
  readonly #file: RingFile;
  readonly #ring = new RequestRing();
  /** Those since the last look. */
  readonly #fresh: RequestOwner[] = [];
  readonly #onClose: (this: RequestOwner) => void;
  #isLookPending = false;
  /** Until the next look the start of a request is not written at once any more. */
  #isBatchOpen = false;
  #startedAt = 0;
  #isFrozen = false;

  constructor(file: RingFile, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
    const release = (owner: RequestOwner): void => {
      if (this.#isFrozen) return;
      this.#ring.release(owner);
      this.#lookSoon();
    };
    this.#onClose = function (this: RequestOwner) {
      release(this);
    };
    this.#writeChanges();
  }

  /** For the watchdog: while the loop is stuck nobody else writes. */
  get shared(): SharedRing {
    return { memory: this.#ring.memory, ...this.#file };
  }

  /** Takes over what began before there was a recorder. */
  adopt(requests: readonly EarlyRequest[]): void {
    for (const { owner, request, startedAt, isRunning } of requests) {
      if (isOver(owner) || SLOT in owner) continue;
      this.#ring.take(owner, request, startedAt);
      this.#fresh.push(owner);
      if (!isRunning) this.#ring.leave(owner);
    }
    this.write();
  }

  begin(owner: RequestOwner, request: RequestLine): void {
    // A server may pass its requests on to another one.
    if (this.#isFrozen || owner[SLOT] !== undefined) return;
    if (this.#fresh.length >= MOST_FRESH || this.#ring.isFull) this.#sweep();
    const isFirst = !this.#isBatchOpen;
    if (isFirst) this.#startedAt = this.#clock.now();
    this.#ring.take(owner, request, this.#startedAt);
    this.#fresh.push(owner);
    if (!isFirst) return;
    this.#isBatchOpen = true;
    this.#writeChanges();
    this.#lookSoon();
  }

  leave(owner: RequestOwner): void {
    if (!this.#isFrozen) this.#ring.leave(owner);
  }

  /** The process may be about to end. */
  write(): void {
    this.#sweep();
    this.#writeChanges();
    // Without a monitor nobody reads it.
    if (!process.connected) rmSync(this.#file.path, { force: true });
  }

  /** From now on it stays as it is: what the process still does before its end belongs to no cause of it. */
  freeze(): void {
    this.write();
    this.#isFrozen = true;
  }

  #lookSoon(): void {
    if (this.#isLookPending) return;
    this.#isLookPending = true;
    this.#clock.setTimer(BATCH_MS, this.#look).unref();
  }

  readonly #look = (): void => {
    this.#isLookPending = this.#isBatchOpen = false;
    this.#sweep();
    this.#writeChanges();
  };

  #sweep(): void {
    if (this.#isFrozen) return;
    for (const owner of this.#fresh) {
      if (isOver(owner)) this.#ring.release(owner);
      else owner.on('close', this.#onClose);
    }
    this.#fresh.length = 0;
  }

  #writeChanges(): void {
    if (this.#isFrozen) return;
    const changed = this.#ring.takeChanges();
    if (changed === null) return;
    const { from, to } = changed;
    try {
      writeSync(this.#file.descriptor, this.#ring.bytes, from, to - from, from);
    } catch {
      // A full disk costs the record, never the request.
    }
  }
}

/**
 * @throws what keeps the file of the recorder from being made
 * @lazy
 */
export function createFlightRecorder(boot: ServerBoot, clock: Clock): FlightRecorder {
  const directories = ringDirectories(dirname(boot.noteFile));
  return new FlightRecorder(createRingFile(directories, boot.ringName ?? ''), clock);
}

function isOver(owner: RequestOwner): boolean {
  return owner.writableFinished || owner.destroyed || owner.closed;
}
