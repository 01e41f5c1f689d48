import { readFile } from 'node:fs/promises';
import { waitUntil } from './wait-until.ts';

export interface LoggedEvent {
  readonly type: string;
  readonly at: string;
  readonly seq: number;
  readonly [field: string]: unknown;
}

/** Reads a session's `events.jsonl` while it grows. */
export class EventLog {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** The events so far; a last line that is not complete yet is left out. */
  async all(): Promise<LoggedEvent[]> {
    const text = await readFile(this.#file, 'utf8').catch(() => '');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LoggedEvent);
  }

  /** Resolves with the first event of this type that the predicate accepts, past ones included. */
  async waitFor(
    type: string,
    accepts: (event: LoggedEvent) => boolean = () => true,
    timeoutMs?: number,
  ): Promise<LoggedEvent> {
    let seen: LoggedEvent[] = [];
    const find = async (): Promise<LoggedEvent | undefined> => {
      seen = await this.all();
      return seen.find((event) => event.type === type && accepts(event));
    };
    const describe = (): string =>
      `no ${type} as wanted among:\n${seen.map((event) => JSON.stringify(event)).join('\n')}`;
    return waitUntil(find, describe, timeoutMs);
  }
}
