import { join } from 'node:path';
import type { Clock } from '../util/clock.ts';
import { EventStream } from '../util/event-stream.ts';
import { IsoStamp } from '../util/iso-stamp.ts';
import { LineFile } from './monitor/line-file.ts';

export interface EventJournalOptions {
  readonly clock: Clock;
  readonly stateDirectory: string;
  readonly warn: (text: string) => void;
  /** Types that are told and not written down, because there are too many of them; default: none. */
  readonly notKept?: ReadonlySet<string>;
}

/** What every journal may have to say of itself. */
export interface DroppedEventsBody {
  readonly type: 'events.dropped';
  readonly count: number;
}

const MAX_BYTES = 10_000_000;
const KEEP = 3;

/** Stamps what happens, tells it to everybody who subscribed, and keeps it on disk, one JSON object a line. */
export class EventJournal<Body extends { readonly type: string }> {
  readonly stream: EventStream<Body & { readonly at: string; readonly seq: number }>;
  readonly #stamp: IsoStamp;
  readonly #notKept: ReadonlySet<string>;
  readonly #file: LineFile;
  #seq = 0;

  constructor({ clock, stateDirectory, warn, notKept = new Set() }: EventJournalOptions) {
    this.#stamp = new IsoStamp(clock);
    this.#notKept = notKept;
    this.stream = new EventStream((error) => {
      warn(
        `a listener of events failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
    this.#file = new LineFile({
      file: join(stateDirectory, 'events.jsonl'),
      clock,
      maxBytes: MAX_BYTES,
      keep: KEEP,
      onProblem: (error) => {
        warn(`the event log cannot be written, it is tried again: ${error.message}`);
      },
      onGap: (count) => {
        this.#publish({ type: 'events.dropped', count });
      },
    });
  }

  tell(body: Body): void {
    this.#publish(body);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #publish(body: Body | DroppedEventsBody): void {
    this.#seq += 1;
    const stamp = { at: this.#stamp.now(), seq: this.#seq };
    // The stamp last as well: what another journal has told of has one already.
    const event = Object.assign({ type: body.type, ...stamp }, body, stamp);
    if (!this.#notKept.has(body.type)) this.#file.append(JSON.stringify(event));
    this.stream.publish(event as unknown as Body & { readonly at: string; readonly seq: number });
  }
}
