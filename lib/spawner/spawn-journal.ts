import { join } from 'node:path';
import { LineFile } from '../session/monitor/line-file.ts';
import { type Clock, isoTime } from '../util/clock.ts';
import { EventStream } from '../util/event-stream.ts';
import type { SpawnEvent, SpawnEventBody } from './spawn-event.ts';

export interface SpawnJournalOptions {
  readonly clock: Clock;
  readonly stateDirectory: string;
  readonly warn: (text: string) => void;
}

const MAX_BYTES = 10_000_000;
const KEEP = 3;

/** Stamps what happens, tells it to everybody who subscribed, and keeps it on disk, one JSON object a line. */
export class SpawnJournal {
  readonly stream: EventStream<SpawnEvent>;
  readonly #clock: Clock;
  readonly #file: LineFile;
  #seq = 0;

  constructor({ clock, stateDirectory, warn }: SpawnJournalOptions) {
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
        this.tell({ type: 'events.dropped', count });
      },
    });
  }

  tell(body: SpawnEventBody): void {
    this.#seq += 1;
    const { type, ...fields } = body;
    const event = { type, at: isoTime(this.#clock), seq: this.#seq, ...fields } as SpawnEvent;
    this.#file.append(JSON.stringify(event));
    this.stream.publish(event);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
