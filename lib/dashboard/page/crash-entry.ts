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
    if (event.type === 'crash.detected') {
      const [line = ''] = event.error.message.split('\n', 1);
      errors.set(event.generation, `${event.error.name}: ${line}`);
    }
    if (event.type !== 'crash.reported') continue;
    const { id, at, cause, fingerprint, occurrences, suspect } = event;
    known.set(id, {
      ...(known.get(id) ?? { id, at, cause, fingerprint, occurrences }),
      error:
        cause === 'crash' || cause === 'rejection' ? (errors.get(event.generation) ?? null) : null,
      suspect: suspect?.route ?? null,
    });
  }
  return [...known.values()].sort((one, other) => (one.id < other.id ? 1 : -1));
}

function toEntry(summary: CrashSummary): CrashEntry {
  return { ...summary, error: null, suspect: null };
}
