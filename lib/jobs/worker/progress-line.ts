import type { Clock, Timer } from '../../util/clock.ts';

const LEAST_INTERVAL_MS = 50;
/** In characters; what is longer is no news of progress. */
const LONGEST_TEXT = 64 * 1024;

/** Passes on how far a job is, as often as a client can use it: what comes sooner waits, and the latest counts. */
export class ProgressLine {
  readonly #clock: Clock;
  readonly #send: (body: string) => void;
  #sentAt = -Infinity;
  #waiting: string | null = null;
  #timer: Timer | null = null;

  constructor(clock: Clock, send: (body: string) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** @throws TypeError for what cannot be written as JSON, RangeError for what is too long */
  tell(value: unknown): void {
    const body = (JSON.stringify(value) as string | undefined) ?? 'null';
    if (body.length > LONGEST_TEXT)
      throw new RangeError(
        `progress of ${String(body.length)} characters of JSON; ${String(LONGEST_TEXT)} are allowed`,
      );
    this.#waiting = body;
    const waitMs = this.#sentAt + LEAST_INTERVAL_MS - this.#clock.now();
    if (waitMs <= 0) this.#pass();
    else
      this.#timer ??= this.#clock.setTimer(waitMs, () => {
        this.#pass();
      });
  }

  /** Nothing more is told; what waits is sent now. */
  end(): void {
    this.#pass();
  }

  #pass(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const body = this.#waiting;
    this.#waiting = null;
    if (body === null) return;
    this.#sentAt = this.#clock.now();
    this.#send(body);
  }
}
