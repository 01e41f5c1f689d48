import type { FleetPlan } from '../plan/server-entry.ts';
import type { FleetHttpSurroundings, OpenedFleetHttp } from './open-fleet-http.ts';

/** Opens it where the plan wants it; what it takes is loaded only then. @throws ERR_FLEET_PORT when the port cannot be had */
export async function startFleetHttp(
  { env, master: { host, adminHttpPort: port } }: Pick<FleetPlan, 'master' | 'env'>,
  surroundings: FleetHttpSurroundings,
): Promise<OpenedFleetHttp | null> {
  if (port === null) return null;
  const { openFleetHttp } = require('./open-fleet-http') as typeof import('./open-fleet-http.ts');
  return openFleetHttp({ env, host, port }, surroundings);
}
