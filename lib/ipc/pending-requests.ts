import type { Clock, Timer } from '../util/clock.ts';
import { AbortWatch } from './abort-watch.ts';
import type { ErrorLike } from './error-like.ts';
import { describeAborted, describeTimeout } from './ipc-errors.ts';

/** What a request comes to: what every handler answered, in order of registration, or the first failure. */
export type Response<T> =
  | { readonly results: T[]; readonly error?: undefined }
  | { readonly error: ErrorLike; readonly results?: undefined };

export interface PendingRequest {
  readonly name: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (response: Response<unknown>) => void;
}

export interface PendingRequestsOptions {
  readonly clock: Clock;
  readonly peer: string;
  /** Whether a deadline that is waited for keeps the process running. */
  readonly keepAlive: boolean;
}

/** Requests that wait for their answer; each leaves once, by its answer, its deadline, its signal or a common failure. */
export class PendingRequests {
  readonly #options: PendingRequestsOptions;
  readonly #entries = new Map<number, Entry>();
  readonly #aborts = new AbortWatch();
  #timer: Timer | null = null;
  #timerDueAt = Infinity;
  #isTimerShort = false;

  constructor(options: PendingRequestsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  add(id: number, request: PendingRequest): void {
    const now = this.#options.clock.now();
    const dueAt = now + request.timeoutMs;
    this.#entries.set(id, { request, dueAt });
    if (dueAt < this.#timerDueAt) {
      this.#arm(Math.min(dueAt, now + SHORT_WAIT_MS));
      this.#isTimerShort = true;
    }
    const { signal } = request;
    if (signal === undefined) return;
    this.#aborts.watch(signal, id, () => {
      this.settle(id, { error: describeAborted(request.name, signal.reason) });
    });
  }

  /** Returns false when nobody waits for that answer any more. */
  settle(id: number, response: Response<unknown>): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    this.#entries.delete(id);
    if (entry.request.signal !== undefined) this.#aborts.unwatch(entry.request.signal, id);
    entry.request.resolve(response);
    if (this.#entries.size === 0 && !this.#isTimerShort) this.#disarm();
    return true;
  }

  settleAll(describe: (name: string) => ErrorLike): void {
    for (const [id, { request }] of this.#entries)
      this.settle(id, { error: describe(request.name) });
    this.#disarm();
  }

  // One timer for all, set to the earliest deadline: a timer for each request costs more than the request.
  #arm(dueAt: number): void {
    this.#disarm();
    if (dueAt === Infinity) return;
    const { clock, keepAlive } = this.#options;
    this.#timerDueAt = dueAt;
    this.#timer = clock.setTimer(dueAt - clock.now(), () => {
      this.#expire();
    });
    if (!keepAlive) this.#timer.unref();
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#timerDueAt = Infinity;
    this.#isTimerShort = false;
  }

  #expire(): void {
    this.#disarm();
    const now = this.#options.clock.now();
    let next = Infinity;
    for (const [id, { request, dueAt }] of this.#entries) {
      if (dueAt > now) next = Math.min(next, dueAt);
      else
        this.settle(id, {
          error: describeTimeout(request.name, this.#options.peer, request.timeoutMs),
        });
    }
    if (next < this.#timerDueAt) this.#arm(next);
  }
}

// Whoever waits for one answer at a time would set and cancel a timer for each. So the first timer is a short one
// that nobody cancels: what is answered before it fires costs no timer of its own.
const SHORT_WAIT_MS = 100;

interface Entry {
  readonly request: PendingRequest;
  readonly dueAt: number;
}
