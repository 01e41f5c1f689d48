import { VigilError } from '../../errors.ts';
import type { Clock, Timer } from '../../util/clock.ts';

export interface PendingRequest {
  /** Who is to answer; nobody else can. */
  readonly peer: string;
  readonly deadlineMs: number;
  /** What was sent; sent again when the peer comes back. Null: it fails when the peer goes. */
  readonly payload: Buffer | null;
  readonly answered: (error: unknown, body?: unknown) => void;
}

interface Waiting extends PendingRequest {
  readonly timer: Timer;
}

const MOST_PENDING = 10_000;
const MOST_KEPT_BYTES = 16 * 1024 * 1024;

/** Requests that wait for their answers: each is answered once, by its peer, by its deadline, or by its peer's death. */
export class PendingRequests {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #keptBytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** The id that the next request will have. */
  get nextId(): number {
    return this.#lastId + 1;
  }

  /** @returns false when too many wait already; it has been answered with that */
  open(request: PendingRequest): boolean {
    const id = ++this.#lastId;
    const bytes = request.payload?.length ?? 0;
    if (this.#waiting.size >= MOST_PENDING || this.#keptBytes + bytes > MOST_KEPT_BYTES) {
      request.answered(new VigilError('ERR_FLEET_BUSY', 'too many requests wait for answers'));
      return false;
    }
    const timer = this.#clock.setTimer(request.deadlineMs, () => {
      const text = `${request.peer} did not answer within ${String(request.deadlineMs)} ms`;
      this.#take(id)?.answered(new VigilError('ERR_FLEET_TIMEOUT', text));
    });
    timer.unref();
    this.#keptBytes += bytes;
    this.#waiting.set(id, { ...request, timer });
    return true;
  }

  /** @returns false when no such request waits for an answer of this peer */
  settle(peer: string, id: number, answer: { readonly error: unknown; body: unknown }): boolean {
    if (this.#waiting.get(id)?.peer !== peer) return false;
    this.#take(id)?.answered(answer.error, answer.body);
    return true;
  }

  /** The peer is gone: what is not to be sent again has failed. */
  lose(peer: string, reason: string): void {
    for (const [id, waiting] of this.#waiting) {
      if (waiting.peer !== peer || waiting.payload !== null) continue;
      this.#take(id)?.answered(new VigilError('ERR_FLEET_AWAY', reason));
    }
  }

  /** What a peer that has come back has not answered yet, oldest first. */
  unanswered(peer: string): readonly Buffer[] {
    return [...this.#waiting.values()].flatMap(({ peer: other, payload }) =>
      other === peer && payload !== null ? [payload] : [],
    );
  }

  /** Nobody will answer any more. */
  failAll(reason: string): void {
    for (const id of [...this.#waiting.keys()]) {
      this.#take(id)?.answered(new VigilError('ERR_FLEET_AWAY', reason));
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(id);
    this.#keptBytes -= waiting.payload?.length ?? 0;
    waiting.timer.cancel();
    return waiting;
  }
}
