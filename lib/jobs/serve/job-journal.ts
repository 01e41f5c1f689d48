import { join } from 'node:path';
import { LineFile } from '../../session/monitor/line-file.ts';
import type { Clock } from '../../util/clock.ts';
import { EventStream } from '../../util/event-stream.ts';
import { IsoStamp } from '../iso-stamp.ts';
import type { JobServerEvent, JobServerEventBody } from './job-server-event.ts';

export interface JobJournalOptions {
  readonly clock: Clock;
  readonly stateDirectory: string;
  readonly warn: (text: string) => void;
}

const MAX_BYTES = 10_000_000;
const KEEP = 3;
/** Of a job that goes its way there is one every few microseconds; the timeline of each is kept by the gateway. */
const NOT_KEPT = new Set<JobServerEvent['type']>([
  'job.publishing',
  'job.queued',
  'job.running',
  'job.done',
]);

/** Tells what happens to everybody who subscribed, and keeps what is not in order on disk, one JSON object a line. */
export class JobJournal {
  readonly stream: EventStream<JobServerEvent>;
  readonly #stamp: IsoStamp;
  readonly #file: LineFile;
  #seq = 0;

  constructor({ clock, stateDirectory, warn }: JobJournalOptions) {
    this.#stamp = new IsoStamp(clock);
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

  tell(body: JobServerEventBody): void {
    this.#seq += 1;
    const stamp = { at: this.#stamp.now(), seq: this.#seq };
    // What a gateway has told of was counted there too.
    const event = Object.assign({ type: body.type, ...stamp }, body, stamp) as JobServerEvent;
    if (!NOT_KEPT.has(body.type)) this.#file.append(JSON.stringify(event));
    this.stream.publish(event);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
