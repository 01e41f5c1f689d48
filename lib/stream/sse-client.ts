import { Readable } from 'node:stream';
import type { Seat, StreamClient } from './stream-desk.ts';
import { writeMessage } from './stream-message.ts';

const MAX_QUEUED_BYTES = 128 * 1024;
/** A browser that lost the connection comes again after so long. */
const OPENING = 'retry: 2000\n\n';

/** A client that is sent its batches as server-sent events, each with its position as id. */
export class SseClient implements StreamClient {
  readonly isPositioned = true;
  readonly body: Readable;
  #seat: Seat | null = null;
  #isReady = true;

  constructor() {
    this.body = new Readable({
      highWaterMark: MAX_QUEUED_BYTES,
      read: () => {
        this.#isReady = true;
        this.#seat?.subscription.resume();
      },
    });
    this.#push(OPENING);
  }

  /** From now on it is served. */
  sit(seat: Seat): void {
    this.#seat = seat;
    const leave = (): void => {
      seat.leave('closed');
    };
    if (this.body.destroyed) leave();
    else this.body.once('close', leave);
  }

  isReady(): boolean {
    return this.#isReady && !this.body.destroyed;
  }

  send(text: Uint8Array, next?: string): void {
    const id = next === undefined ? '' : `id: ${next}\n`;
    this.#push(Buffer.concat([Buffer.from(`${id}data: `), text, Buffer.from('\n\n')]));
  }

  note(text: string): void {
    this.#push(`data: ${writeMessage('data', text)}\n\n`);
  }

  giveUp(text: string): void {
    this.#push(`data: ${writeMessage('error', text)}\n\n`);
    this.finish();
  }

  finish(): void {
    if (!this.body.destroyed) this.body.push(null);
  }

  #push(text: string | Uint8Array): void {
    if (this.body.destroyed || this.body.readableEnded) return;
    this.#isReady = this.body.push(text);
  }
}
