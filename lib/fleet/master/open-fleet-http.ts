import type { Clock } from '../../util/clock.ts';
import type { FleetPlan } from '../plan/server-entry.ts';
import type { FleetEngine } from './fleet-engine.ts';
import { FleetHttp } from './fleet-http.ts';
import { FleetMetrics } from './fleet-metrics.ts';
import { FleetWatch } from './fleet-watch.ts';
import type { FleetWire } from './fleet-wire.ts';

export interface FleetHttpSurroundings {
  readonly clock: Clock;
  readonly engine: Pick<FleetEngine, 'keeper' | 'events'>;
  readonly wire: FleetWire;
  /** For what the page shows. */
  readonly key: string;
  readonly warn: (text: string) => void;
}

/** @returns null when the plan wants none @throws ERR_FLEET_PORT when the port cannot be had */
export async function openFleetHttp(
  { master, env }: Pick<FleetPlan, 'master' | 'env'>,
  { clock, engine, wire, key, warn }: FleetHttpSurroundings,
): Promise<{ readonly address: string; readonly close: () => Promise<void> } | null> {
  const { adminHttpPort, host } = master;
  if (adminHttpPort === null) return null;
  const { keeper, events } = engine;
  const metrics = new FleetMetrics(keeper, events);
  const watch = new FleetWatch({ clock, env, keeper, wire, events });
  const http = new FleetHttp({ clock, host, port: adminHttpPort, metrics, watch, key, warn });
  return { address: await http.listen(), close: () => http.close() };
}
