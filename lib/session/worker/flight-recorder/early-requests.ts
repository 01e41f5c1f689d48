import type { RequestLine } from '../../../report/request-slots.ts';
import type { Clock } from '../../../util/clock.ts';
import type { RequestOwner, RequestSink } from './request-tap.ts';

export interface EarlyRequest {
  readonly owner: RequestOwner;
  readonly request: RequestLine;
  readonly startedAt: number;
  isRunning: boolean;
}

/** More do not come in so short a time, and the last ones are as good as the others. */
const MOST = 200;

/** Keeps the requests that come before there is a recorder. */
export class EarlyRequests implements RequestSink {
  readonly #clock: Clock;
  readonly #requests: EarlyRequest[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#requests.length === 0;
  }

  begin(owner: RequestOwner, request: RequestLine): void {
    if (this.#requests.length === MOST) this.#requests.shift();
    this.#requests.push({ owner, request, startedAt: this.#clock.now(), isRunning: true });
  }

  leave(owner: RequestOwner): void {
    const left = this.#requests.findLast((one) => one.owner === owner);
    if (left !== undefined) left.isRunning = false;
  }

  /** Hands over what there is. */
  take(): EarlyRequest[] {
    return this.#requests.splice(0);
  }
}
