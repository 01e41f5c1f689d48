import { join } from 'node:path';
import { type Clock, isoTime } from '../util/clock.ts';
import { EventStream } from '../util/event-stream.ts';
import { LineFile } from './monitor/line-file.ts';

export interface EventJournalOptions {
  readonly clock: Clock;
  readonly stateDirectory: string;
  readonly warn: (text: string) => void;
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
  readonly #clock: Clock;
  readonly #file: LineFile;
  #seq = 0;

  constructor({ clock, stateDirectory, warn }: EventJournalOptions) {
    this.#clock = clock;
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
    const { type, ...fields } = body;
    const event = { type, at: isoTime(this.#clock), seq: this.#seq, ...fields };
    this.#file.append(JSON.stringify(event));
    this.stream.publish(event as unknown as Body & { readonly at: string; readonly seq: number });
  }
}
