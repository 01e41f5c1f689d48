import type { Clock } from '../../util/clock.ts';
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

export interface OpenedFleetHttp {
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** @throws ERR_FLEET_PORT when the port cannot be had @lazy */
export async function openFleetHttp(
  { env, host, port }: { readonly env: string; readonly host: string; readonly port: number },
  { clock, engine, wire, key, warn }: FleetHttpSurroundings,
): Promise<OpenedFleetHttp> {
  const { keeper, events } = engine;
  const metrics = new FleetMetrics(keeper, events);
  const watch = new FleetWatch({ clock, env, keeper, wire, events });
  const http = new FleetHttp({ clock, host, port, metrics, watch, key, warn });
  return { address: await http.listen(), close: () => http.close() };
}
