import { type Clock, isoTime } from '../../util/clock.ts';
import type { GaveUpFacts, RecoveredFacts } from '../../notify/notice.ts';
import type { SessionEvent } from '../session-event.ts';
import type { Cause } from '../../supervision/cause.ts';
import type { SessionJournal } from './session-journal.ts';

/** Who is told. */
export interface TroubleTeller {
  gaveUp(facts: GaveUpFacts): void;
  recovered(facts: RecoveredFacts): void;
}

/** Deaths with a longer pause in between do not belong together. */
const LONGEST_PAUSE_MS = 600_000;

/** Tells "gave up" once when the breaker opens, however often a trial start fails, and "recovered" when the server is back. */
export class TroubleNotices {
  readonly #teller: TroubleTeller;
  readonly #clock: Clock;
  #downSince: number | null = null;
  #failures = 0;
  #failedAt = -Infinity;
  #cause: Cause = 'exit';
  #reportId: string | null = null;
  #errorLine: string | null = null;

  constructor(journal: SessionJournal, teller: TroubleTeller, clock: Clock) {
    this.#teller = teller;
    this.#clock = clock;
    journal.stream.subscribe((event) => {
      this.#onEvent(event);
    });
  }

  #onEvent(event: SessionEvent): void {
    if (event.type === 'breaker.opened' && this.#downSince === null) this.#gaveUp(event.retryInMs);
    else if (event.type === 'breaker.closed') this.#recovered(event.pid ?? null);
    else this.#remember(event);
  }

  #remember(event: SessionEvent): void {
    switch (event.type) {
      case 'worker.forked':
        this.#errorLine = null;
        break;
      case 'crash.detected':
        this.#errorLine = `${event.error.name}: ${event.error.message.split('\n', 1)[0] ?? ''}`;
        break;
      case 'crash.reported':
        this.#reportId = event.id;
        break;
      case 'worker.exited':
        if (!event.expected) this.#noteFailure(event.cause);
        break;
      default:
        break;
    }
  }

  #noteFailure(cause: Cause): void {
    const now = this.#clock.now();
    if (now - this.#failedAt > LONGEST_PAUSE_MS) this.#failures = 0;
    this.#failedAt = now;
    this.#failures += 1;
    this.#cause = cause;
  }

  #gaveUp(nextTrialMs: number | null): void {
    this.#downSince = this.#clock.now();
    this.#teller.gaveUp({
      at: isoTime(this.#clock),
      cause: this.#cause,
      failures: this.#failures,
      nextTrialMs,
      reportId: this.#reportId,
      errorLine: this.#errorLine,
    });
  }

  #recovered(pid: number | null): void {
    const downMs = this.#downSince === null ? 0 : this.#clock.now() - this.#downSince;
    this.#downSince = null;
    this.#failures = 0;
    this.#teller.recovered({ at: isoTime(this.#clock), downMs: Math.round(downMs), pid });
  }
}
