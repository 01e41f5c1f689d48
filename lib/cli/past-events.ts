import { join } from 'node:path';
import { EVENT_LOG_KEEP, EVENT_LOG_NAME } from '../session/monitor/event-log.ts';
import { readLastLines } from './last-lines.ts';

/** An event as it was written; what else it holds depends on its type and on the version that wrote it. */
export interface LoggedEvent {
  readonly type: string;
  readonly at: string;
  readonly seq: number;
  readonly [field: string]: unknown;
}

export interface PastEvents {
  /** Oldest first. */
  readonly events: readonly LoggedEvent[];
  /** Lines that are no events; the last one may have been cut by a crash. */
  readonly unreadable: number;
}

/** Reads the last events from the event log of a session, which may be running or not. */
export function readPastEvents(stateDirectory: string, count: number): PastEvents {
  const file = join(stateDirectory, EVENT_LOG_NAME);
  // What cannot be read takes the place of no event: for it more lines are looked at.
  for (let wanted = count; ; wanted *= 2) {
    const { lines } = readLastLines(file, wanted, EVENT_LOG_KEEP);
    const parsed = lines.filter((line) => line !== '').map(parseEvent);
    const events = parsed.filter((event) => event !== null);
    if (events.length < count && lines.length === wanted) continue;
    const shown = events.slice(Math.max(events.length - count, 0));
    const [first] = shown;
    const begin = events.length > count && first !== undefined ? parsed.indexOf(first) : 0;
    return { events: shown, unreadable: parsed.length - begin - shown.length };
  }
}

function parseEvent(line: string): LoggedEvent | null {
  try {
    const value = JSON.parse(line) as Partial<LoggedEvent> | null;
    const isEvent =
      typeof value === 'object' &&
      typeof value?.type === 'string' &&
      typeof value.at === 'string' &&
      typeof value.seq === 'number';
    return isEvent ? (value as LoggedEvent) : null;
  } catch {
    return null;
  }
}
