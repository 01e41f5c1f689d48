import { join } from 'node:path';
import type { Clock } from '../../util/clock.ts';
import type { SessionEvent } from '../session-event.ts';
import { LineFile } from './line-file.ts';
import { maskEvent } from './mask-event.ts';
import type { LiveOptions } from './monitor-context.ts';
import type { EventSource, SessionJournal } from './session-journal.ts';

export interface EventLogOptions {
  readonly journal: SessionJournal;
  readonly live: LiveOptions;
  readonly clock: Clock;
  readonly mask: (text: string) => string;
  readonly warn: (text: string) => void;
  /** Whom what happens at the moment is told of. */
  readonly source: () => EventSource;
}

const MAX_BYTES = 10_000_000;

export const EVENT_LOG_NAME = 'events.jsonl';
/** How many older files are kept beside it. */
export const EVENT_LOG_KEEP = 3;

/** The events of the session on disk, one JSON object a line. */
export class EventLog {
  readonly #file: LineFile;
  readonly #mask: (text: string) => string;

  constructor({ journal, live, clock, mask, warn, source }: EventLogOptions) {
    this.#mask = mask;
    this.#file = new LineFile({
      file: join(live.current.stateDirectory, EVENT_LOG_NAME),
      clock,
      maxBytes: MAX_BYTES,
      keep: EVENT_LOG_KEEP,
      onProblem: (error) => {
        warn(`the event log cannot be written, it is tried again: ${error.message}`);
      },
      onGap: (count) => {
        journal.tell({ type: 'events.dropped', count }, source());
      },
    });
  }

  append(event: SessionEvent): void {
    this.#file.append(JSON.stringify(maskEvent(event, this.#mask)));
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** Begins to write what happens in a session, with what has happened already. */
export function openEventLog(options: EventLogOptions): EventLog {
  const log = new EventLog(options);
  const { stream } = options.journal;
  for (const event of stream.recent(Infinity)) log.append(event);
  stream.subscribe((event) => {
    log.append(event);
  });
  return log;
}
