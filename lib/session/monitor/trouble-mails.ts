import { type Clock, isoTime } from '../../util/clock.ts';
import type { SessionEvent } from '../session-event.ts';
import type { Cause } from '../../supervision/cause.ts';
import type { SessionJournal } from './session-journal.ts';
import type { MailQueue } from '../../notify/mail-queue.ts';

/** Mails "gave up" when the breaker opens and "recovered" when the server is back after it. */
export class TroubleMails {
  readonly #mail: MailQueue;
  readonly #clock: Clock;
  #downSince: number | null = null;
  #failures = 0;
  #cause: Cause = 'exit';
  #reportId: string | null = null;
  #errorLine: string | null = null;

  constructor(journal: SessionJournal, mail: MailQueue, clock: Clock) {
    this.#mail = mail;
    this.#clock = clock;
    journal.stream.subscribe((event) => {
      this.#onEvent(event);
    });
  }

  #onEvent(event: SessionEvent): void {
    switch (event.type) {
      case 'crash.detected':
        this.#errorLine = `${event.error.name}: ${event.error.message.split('\n', 1)[0] ?? ''}`;
        break;
      case 'crash.reported':
        this.#reportId = event.id;
        break;
      case 'worker.exited':
        if (!event.expected) this.#noteFailure(event.cause);
        break;
      case 'breaker.opened':
        this.#gaveUp(event.retryInMs);
        break;
      case 'breaker.closed':
        this.#recovered(event.pid ?? null);
        break;
      default:
        break;
    }
  }

  #noteFailure(cause: Cause): void {
    this.#failures += 1;
    this.#cause = cause;
  }

  #gaveUp(nextTrialMs: number | null): void {
    this.#downSince ??= this.#clock.now();
    this.#mail.gaveUp({
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
    this.#mail.recovered({ at: isoTime(this.#clock), downMs: Math.round(downMs), pid });
  }
}
