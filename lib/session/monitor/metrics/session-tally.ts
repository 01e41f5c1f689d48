import type { Cause } from '../../../supervision/cause.ts';
import { BucketTally } from '../../../util/bucket-tally.ts';
import type { SessionEvent } from '../../session-event.ts';
import type { VitalSign } from '../../vital-sign.ts';
import { hearServingSigns, type ServingProcess } from '../serving-signs.ts';
import type { SessionJournal } from '../session-journal.ts';

export interface SessionTallyOptions {
  readonly journal: Pick<SessionJournal, 'stream' | 'signs'>;
  readonly serving: () => ServingProcess | null;
}

type ChannelName = 'mail' | 'webhook';

/** What became of the messages of one channel. */
export interface MessageCounts {
  sent: number;
  /** Tries that failed. */
  failed: number;
  /** Given up. */
  dropped: number;
}

const LAG_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LATENCY_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counts what the events of a session and the signs of life of its server come to; events before it count as well. */
export class SessionTally {
  readonly loopLagSeconds = new BucketTally(LAG_SECONDS);
  readonly pollLatencySeconds = new BucketTally(LATENCY_SECONDS);
  readonly messages: Readonly<Record<ChannelName, MessageCounts>> = {
    mail: { sent: 0, failed: 0, dropped: 0 },
    webhook: { sent: 0, failed: 0, dropped: 0 },
  };
  readonly #deaths = new Map<string, number>();
  readonly #events = new Map<SessionEvent['type'], number>();
  #eventsDropped = 0;

  constructor({ journal, serving }: SessionTallyOptions) {
    for (const event of journal.stream.recent(Infinity)) this.#note(event);
    journal.stream.subscribe((event) => {
      this.#note(event);
    });
    hearServingSigns(journal.signs, serving, (sign) => {
      this.#measure(sign);
    });
  }

  /** Lines that the event log could not take. */
  get eventsDropped(): number {
    return this.#eventsDropped;
  }

  countDeaths(cause: Cause, expected: boolean): number {
    return this.#deaths.get(keyOf(cause, expected)) ?? 0;
  }

  countEvents(type: SessionEvent['type']): number {
    return this.#events.get(type) ?? 0;
  }

  #note(event: SessionEvent): void {
    this.#events.set(event.type, this.countEvents(event.type) + 1);
    if (event.type === 'worker.exited') {
      const { cause, expected } = event;
      this.#deaths.set(keyOf(cause, expected), this.countDeaths(cause, expected) + 1);
    } else if (event.type === 'events.dropped') this.#eventsDropped += event.count;
    else this.#noteMessage(event);
  }

  #noteMessage(event: SessionEvent): void {
    const { mail, webhook } = this.messages;
    switch (event.type) {
      case 'mail.sent':
        mail.sent += 1;
        break;
      case 'webhook.sent':
        webhook.sent += 1;
        break;
      case 'mail.failed':
        countFailure(mail, event.retryInMs);
        break;
      case 'webhook.failed':
        countFailure(webhook, event.retryInMs);
        break;
      default:
    }
  }

  #measure(sign: VitalSign): void {
    if (sign.kind === 'beat') this.loopLagSeconds.add(sign.beat.loopLagMs / 1000);
    else this.pollLatencySeconds.add(sign.poll.latencyMs / 1000);
  }
}

function keyOf(cause: Cause, expected: boolean): string {
  return `${cause} ${String(expected)}`;
}

function countFailure(counts: MessageCounts, retryInMs: number | null): void {
  counts.failed += 1;
  if (retryInMs === null) counts.dropped += 1;
}
