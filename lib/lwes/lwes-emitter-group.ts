import { VigilError } from '../errors.ts';
import { encodeEvent } from './encode-event.ts';
import type { LwesSink } from './lwes-emitter.ts';
import type { LwesEvent } from './lwes-event.ts';

/**
 * Sends each event to some of its members, in turn: the first event to the first `sendTo` of them, the next one
 * from the second member on, and so on round, as the group of that kind in the Java library does. A member may be a group.
 *
 * Each member sends heartbeats of its own, about what it has sent itself.
 */
export class LwesEmitterGroup implements LwesSink {
  readonly #members: readonly LwesSink[];
  readonly #sendTo: number;
  #start = 0;

  /**
   * @param sendTo - to how many members each event goes; default all of them
   * @throws ERR_ARGUMENT
   */
  constructor(members: readonly LwesSink[], sendTo: number = members.length) {
    if (!Number.isInteger(sendTo) || sendTo < 1 || sendTo > members.length) {
      const text = `sendTo: expected a whole number from 1 to ${members.length}, found ${sendTo}`;
      throw new VigilError('ERR_ARGUMENT', text);
    }
    this.#members = [...members];
    this.#sendTo = sendTo;
  }

  emit(event: LwesEvent): boolean {
    return this.emitBytes(encodeEvent(event));
  }

  emitBytes(bytes: Uint8Array): boolean {
    const start = this.#start;
    const { length } = this.#members;
    this.#start = (start + 1) % length;
    let isTaken = true;
    for (let step = 0; step < this.#sendTo; step++)
      isTaken = (this.#members[(start + step) % length]?.emitBytes(bytes) ?? false) && isTaken;
    return isTaken;
  }

  async flush(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.flush()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.close()));
  }
}
