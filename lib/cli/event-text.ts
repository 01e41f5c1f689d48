import { describeEvent, type EventLine } from '../session/monitor/event-lines.ts';
import type { SessionEvent } from '../session/session-event.ts';
import { type Output, toPrintable } from './output.ts';
import type { LoggedEvent } from './past-events.ts';

const COLORS = { info: null, warn: 'yellow', error: 'red' } as const;

/** An event as one line for a person. */
export function formatEvent(event: LoggedEvent, output: Pick<Output, 'paint'>): string {
  const { level, text } = describe(event);
  const color = COLORS[level];
  const line = toPrintable(text.replaceAll('\n', ' '));
  const time = toPrintable(event.at.replace(/\.\d+Z$/, 'Z'));
  return `${time} ${color === null ? line : output.paint(line, color)}`;
}

/** An event of another version may be of a type that is not known here, or lack a field. */
function describe(event: LoggedEvent): EventLine {
  try {
    const line = describeEvent(event as unknown as SessionEvent);
    if (line !== null) return line;
  } catch {
    // Told by its fields instead.
  }
  const { type, at: _at, seq: _seq, ...fields } = event;
  return { level: 'info', text: `${type} ${JSON.stringify(fields)}` };
}
