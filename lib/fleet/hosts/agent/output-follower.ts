import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { Clock, Timer } from '../../../util/clock.ts';

export interface OutputFollowerParts {
  readonly clock: Clock;
  readonly fileOf: (id: string) => string;
  /** The channel takes no more at the moment: what is not read stays in the file. */
  readonly isFull: () => boolean;
  readonly tell: (output: {
    readonly server: string;
    readonly text: string;
    readonly dropped: number;
    readonly offset: number;
  }) => void;
}

interface Place {
  offset: number;
  decoder: StringDecoder;
}

const LOOK_EVERY_MS = 200;
const MOST_BYTES = 64 * 1024;
/** Who is further behind than that is brought near the end: the rest is in the file. */
const FURTHEST_BEHIND = 1024 * 1024;

/** Reads on in the files that servers write, as they grow. */
export class OutputFollower {
  readonly #parts: OutputFollowerParts;
  readonly #places = new Map<string, Place>();
  #timer: Timer | null = null;

  constructor(parts: OutputFollowerParts) {
    this.#parts = parts;
  }

  /** @param from - where to go on; null: with what is written next */
  follow(id: string, from: number | null): void {
    if (this.#places.has(id)) return;
    const offset = from ?? statSync(this.#parts.fileOf(id), { throwIfNoEntry: false })?.size ?? 0;
    this.#places.set(id, { offset, decoder: new StringDecoder() });
    this.#timer ??= this.#arm();
  }

  unfollow(id: string): void {
    this.#places.delete(id);
  }

  /** Reads what has been written up to now. */
  readNow(id: string): void {
    const place = this.#places.get(id);
    if (place !== undefined && !this.#parts.isFull()) this.#read(id, place);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#places.clear();
  }

  #arm(): Timer {
    return this.#parts.clock.setTimer(LOOK_EVERY_MS, () => {
      for (const id of this.#places.keys()) this.readNow(id);
      this.#timer = this.#places.size === 0 ? null : this.#arm();
    });
  }

  #read(id: string, place: Place): void {
    let file: number;
    try {
      file = openSync(this.#parts.fileOf(id), 'r');
    } catch {
      return;
    }
    try {
      this.#readFrom(file, id, place);
    } catch {
      // Tried again at the next look.
    } finally {
      closeSync(file);
    }
  }

  #readFrom(file: number, id: string, place: Place): void {
    const { size } = fstatSync(file);
    // Shorter than it was: it was begun anew.
    if (size < place.offset) place.offset = 0;
    const dropped = size - place.offset > FURTHEST_BEHIND ? size - MOST_BYTES - place.offset : 0;
    place.offset += dropped;
    const bytes = Buffer.alloc(Math.min(size - place.offset, MOST_BYTES));
    const count = readSync(file, bytes, 0, bytes.length, place.offset);
    place.offset += count;
    const text = place.decoder.write(bytes.subarray(0, count));
    if (text === '' && dropped === 0) return;
    this.#parts.tell({ server: id, text, dropped, offset: place.offset });
  }
}
