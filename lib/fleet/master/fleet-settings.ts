import type { SlotSettings } from '../../process/slot-settings.ts';
import type { MasterEntry } from '../plan/server-entry.ts';

/** Within which times a server has to do what, and when it is started again. Milliseconds. */
export interface FleetSettings {
  readonly startMs: number;
  readonly stopMs: number;
  readonly silenceMs: number;
  readonly killMs: number;
  /** How long a server must stay ready before a rolling restart goes on to the next. */
  readonly steadyMs: number;
  readonly backoff: SlotSettings['backoff'];
  readonly breaker: SlotSettings['breaker'];
}

export function resolveFleetSettings(master: MasterEntry): FleetSettings {
  return {
    startMs: master.startDeadlineSeconds * 1000,
    stopMs: master.stopDeadlineSeconds * 1000,
    silenceMs: master.silenceSeconds * 1000,
    killMs: 5000,
    steadyMs: 1000,
    backoff: { baseMs: 500, factor: 2, maxMs: 60_000, jitter: 0.2 },
    breaker: { failures: 5, halfLifeMs: 60_000, cooldownMs: 300_000, onOpen: 'retry' },
  };
}
