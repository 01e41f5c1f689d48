import type { SessionEvent } from '../../session/session-event.ts';

/** One server process from its start to its end. */
export interface Life {
  readonly generation: number;
  readonly startedAt: number;
  readonly readyAt: number | null;
  readonly end: LifeEnd | null;
}

export interface LifeEnd {
  readonly at: number;
  readonly cause: string;
  readonly isExpected: boolean;
  readonly reportId: string | null;
  readonly uptimeMs: number;
}

/** The lives that the events tell of, oldest first. */
export function readLives(events: readonly SessionEvent[]): Life[] {
  const lives = new Map<number, Life>();
  for (const event of events) {
    const next = follow(lives.get(event.generation), event);
    if (next !== null) lives.set(event.generation, next);
  }
  return [...lives.values()].sort((one, other) => one.startedAt - other.startedAt);
}

function follow(life: Life | undefined, event: SessionEvent): Life | null {
  const { generation } = event;
  const at = Date.parse(event.at);
  switch (event.type) {
    case 'worker.forked':
      return { generation, startedAt: at, readyAt: null, end: null };
    case 'worker.ready':
      // Its beginning may be too long ago to be among the events.
      return { ...(life ?? begin(generation, at - event.startMs)), readyAt: at };
    case 'worker.exited': {
      const { cause, expected, uptimeMs } = event;
      const end = { at, cause, isExpected: expected, reportId: null, uptimeMs };
      return { ...(life ?? begin(generation, at - uptimeMs)), end };
    }
    case 'crash.reported':
      if (life === undefined || life.end === null) return null;
      return { ...life, end: { ...life.end, reportId: event.id } };
    default:
      return null;
  }
}

function begin(generation: number, startedAt: number): Life {
  return { generation, startedAt, readyAt: startedAt, end: null };
}
