import type { LwesAttribute, LwesEvent } from './lwes-event.ts';

/** What an emitter says of itself at each beat, and a last time when it is closed. */
export interface LwesHeartbeat {
  /** Time since the last beat, in milliseconds; it is sent in whole seconds. */
  readonly sinceMs: number;
  /** Number of the beat: 1, 2, … */
  readonly seq: bigint;
  /** Events sent since the last beat; events of the emitter about itself are not counted. */
  readonly count: bigint;
  /** Events sent since the emitter was made. */
  readonly total: bigint;
}

export const LWES_STARTUP = 'System::Startup';
export const LWES_HEARTBEAT = 'System::Heartbeat';
export const LWES_SHUTDOWN = 'System::Shutdown';

const MOST_SECONDS = 32_767;

/** A `System::Heartbeat` or `System::Shutdown`, as the C library writes it. */
export function createHeartbeat(
  name: typeof LWES_HEARTBEAT | typeof LWES_SHUTDOWN,
  { sinceMs, seq, count, total }: LwesHeartbeat,
): LwesEvent {
  const seconds = Math.min(Math.round(sinceMs / 1000), MOST_SECONDS);
  return {
    name,
    attributes: [
      { name: 'total', type: 'int64', value: total },
      { name: 'count', type: 'int64', value: count },
      { name: 'freq', type: 'int16', value: seconds },
      { name: 'seq', type: 'int64', value: seq },
    ],
  };
}

/**
 * Reads a heartbeat or shutdown of any implementation: a `freq` of type int16 is seconds (C), of type int64
 * milliseconds (Java).
 *
 * @returns null when the event is none, or lacks one of its four attributes
 */
export function readHeartbeat(event: LwesEvent): LwesHeartbeat | null {
  if (event.name !== LWES_HEARTBEAT && event.name !== LWES_SHUTDOWN) return null;
  const byName = new Map(event.attributes.map((attribute) => [attribute.name, attribute]));
  const sinceMs = readFrequency(byName.get('freq'));
  const [seq, count, total] = ['seq', 'count', 'total'].map((name) => readLong(byName.get(name)));
  if (sinceMs === null || seq === undefined || count === undefined || total === undefined)
    return null;
  return { sinceMs, seq, count, total };
}

function readFrequency(attribute: LwesAttribute | undefined): number | null {
  if (attribute?.type === 'int16') return attribute.value * 1000;
  return attribute?.type === 'int64' ? Number(attribute.value) : null;
}

function readLong(attribute: LwesAttribute | undefined): bigint | undefined {
  return attribute?.type === 'int64' ? attribute.value : undefined;
}
