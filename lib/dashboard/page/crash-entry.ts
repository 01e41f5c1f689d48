import type { CrashSummary } from '../../report/crash-store.ts';
import type { SessionEvent } from '../../session/session-event.ts';

/** A report in the list, with what is known of it beside that. */
export interface CrashEntry extends CrashSummary {
  /** `TypeError: …`, when the page has seen it happen. */
  readonly error: string | null;
  readonly suspect: string | null;
}

/** Adds to the stored reports what the events say of them. Newest first. */
export function describeCrashes(
  stored: readonly CrashSummary[],
  events: readonly SessionEvent[],
): CrashEntry[] {
  const known = new Map(stored.map((summary) => [summary.id, toEntry(summary)]));
  const errors = new Map<number, string>();
  for (const event of events) {
    if (event.type === 'crash.detected') errors.set(event.generation, describeError(event));
    if (event.type !== 'crash.reported') continue;
    const error = HAVE_ERRORS.has(event.cause) ? errors.get(event.generation) : undefined;
    known.set(event.id, {
      ...(known.get(event.id) ?? event),
      error: error ?? null,
      suspect: event.suspect?.route ?? null,
    });
  }
  return [...known.values()].sort((one, other) => (one.id < other.id ? 1 : -1));
}

/** A process that was killed may have told of an error, too, that it survived. */
const HAVE_ERRORS: ReadonlySet<string> = new Set(['crash', 'rejection']);

function describeError({ error }: Extract<SessionEvent, { type: 'crash.detected' }>): string {
  const [line = ''] = error.message.split('\n', 1);
  return `${error.name}: ${line}`;
}

function toEntry(summary: CrashSummary): CrashEntry {
  return { ...summary, error: null, suspect: null };
}
