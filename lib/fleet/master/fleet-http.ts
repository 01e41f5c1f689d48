import { join } from 'node:path';
import { VigilError } from '../../errors.ts';
import type { ControlReply, ControlRoute } from '../../http/control-route.ts';
import type { RequestGate } from '../../http/front-gate.ts';
import { HttpDoor } from '../../http/http-door.ts';
import { listenAt, reachableHost } from '../../http/listen-at.ts';
import type { MetricFamily } from '../../http/metrics-text.ts';
import { createPageRoutes } from '../../http/page-routes.ts';
import { createTokenGate } from '../../http/token-gate.ts';
import type { Clock } from '../../util/clock.ts';
import type { FleetMetrics } from './fleet-metrics.ts';
import type { FleetWatch } from './fleet-watch.ts';

export interface FleetHttpParts {
  readonly clock: Clock;
  readonly host: string;
  readonly port: number;
  readonly metrics: FleetMetrics;
  readonly watch: FleetWatch;
  /** For what the page shows. */
  readonly key: string;
  readonly warn: (text: string) => void;
}

/** Where the build puts the page. */
const PAGE = join(__dirname, '../../dashboard/fleet-page');

/** `/healthz`, `/readyz` and `/metrics` of a master, and its page. */
export class FleetHttp {
  readonly #parts: FleetHttpParts;
  readonly #door: HttpDoor;

  constructor(parts: FleetHttpParts) {
    this.#parts = parts;
    const { clock, host, warn, key } = parts;
    const settings = {
      ...{ clock, host, allowedOrigins: [], publicHostname: null },
      realm: 'vigil fleet',
    };
    // What is open is so for this machine's names alone; the rest needs the key.
    const open = createTokenGate({ ...settings, token: null });
    const gate: RequestGate = {
      ...createTokenGate({ ...settings, token: key }),
      inspect: (request) => open.inspect(request),
    };
    this.#door = new HttpDoor({
      clock,
      gate,
      routes: () => createRoutes(parts),
      onProblem: (error) => {
        warn(`a connection of adminHttpPort failed: ${error.message}`);
      },
    });
  }

  /** @returns its address @throws ERR_FLEET_PORT when the port cannot be had */
  async listen(): Promise<string> {
    const { host, port } = this.#parts;
    try {
      const bound = await listenAt(this.#door.server, host, port);
      return `http://${reachableHost(host)}:${String(bound)}`;
    } catch (cause) {
      const text = `adminHttpPort ${String(port)} of ${host} cannot be had: ${(cause as Error).message}`;
      throw new VigilError('ERR_FLEET_PORT', text, { cause });
    }
  }

  close(): Promise<void> {
    return this.#door.close();
  }
}

function createRoutes({ metrics, watch }: FleetHttpParts): ControlRoute[] {
  return [
    route('/healthz', () => answer({ status: 'ok' })),
    route('/readyz', () => {
      const { isReady, waiting } = metrics.readiness();
      return answer({ status: isReady ? 'ready' : 'starting', waiting }, isReady ? 200 : 503);
    }),
    route('/metrics', async () => {
      const { formatMetrics } =
        require('../../http/metrics-text') as typeof import('../../http/metrics-text.ts');
      const families: readonly MetricFamily[] = metrics.read();
      const { text, contentType } = await formatMetrics(families);
      return { kind: 'text', body: text, contentType };
    }),
    { ...route('/overview', async () => answer(await watch.read())), access: 'read' },
    ...createPageRoutes(PAGE),
  ];
}

function route(path: string, handle: () => ControlReply | Promise<ControlReply>): ControlRoute {
  return { method: 'GET', path, access: 'open', handle };
}

function answer(body: unknown, status = 200): ControlReply {
  return { kind: 'json', body, status };
}
