import { LogFile } from './log-file.ts';
import { join } from 'node:path';
import { maskEvent } from './mask-event.ts';
import type { SessionEvent } from '../session-event.ts';

const MAX_BYTES = 10_000_000;
const KEEP = 3;

export const EVENT_LOG_NAME = 'events.jsonl';

/** The events of the session on disk, one JSON object a line. */
export class EventLog {
  readonly #file: LogFile;
  readonly #mask: (text: string) => string;

  constructor(
    stateDirectory: string,
    mask: (text: string) => string,
    onProblem: (error: Error) => void,
  ) {
    this.#mask = mask;
    const file = join(stateDirectory, EVENT_LOG_NAME);
    this.#file = new LogFile({ file, maxBytes: MAX_BYTES, keep: KEEP }, onProblem);
  }

  append(event: SessionEvent): void {
    this.#file.append(Buffer.from(`${JSON.stringify(maskEvent(event, this.#mask))}\n`));
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
