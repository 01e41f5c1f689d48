import { join } from 'node:path';
import type { ControlReply, ControlRoute } from '../http/control-route.ts';
import { type FrontAddress, FrontServer } from '../http/front-server.ts';
import { createMetricsRoutes } from '../http/metrics-routes.ts';
import { createPageRoutes } from '../http/page-routes.ts';
import type { Clock } from '../util/clock.ts';
import { countSessions } from './dashboard-metrics.ts';
import { LiveRelay } from './live-relay.ts';
import { createSessionPageRoutes, createSessionRoutes } from './session-routes.ts';
import { isLivePath, isSessionPage } from './session-target.ts';
import { SessionWatch } from './session-watch.ts';

export interface DashboardOptions {
  readonly port: number;
  readonly host: string;
  /** Whether what only reads is open without the key. */
  readonly isReadOnly: boolean;
  readonly key: string;
  /** The state directories of the sessions that are there now; asked again and again. */
  readonly find: () => readonly string[];
  readonly clock: Clock;
  readonly warn: (text: string) => void;
}

const WORDING = { server: 'the dashboard', hostOption: '--host', key: 'the key of the dashboard' };

/** Serves one page for several sessions, and the page and the control API of each below its name. @lazy */
export class DashboardServer {
  readonly #server: FrontServer;
  readonly #relay: LiveRelay;

  constructor({ find, key, warn, ...options }: DashboardOptions) {
    const { clock } = options;
    const watch = new SessionWatch(find, clock);
    const relay = new LiveRelay(watch, clock);
    this.#relay = relay;
    this.#server = new FrontServer({
      ...options,
      sessionKey: key,
      wording: WORDING,
      routes: () => createRoutes(watch, clock),
      isLivePath,
      isFolder: isSessionPage,
      onUpgrade: (request, socket, head) => {
        relay.accept(request, socket, head);
      },
      onGuessing: (address) => {
        warn(`too many wrong keys from ${address}: it has to wait`);
      },
      onProblem: (error) => {
        warn(error.message);
      },
    });
  }

  /** @throws ERR_CONTROL_PORT when the port cannot be had */
  listen(): Promise<FrontAddress> {
    return this.#server.listen();
  }

  /** Stops listening and lets answers under way go out for a moment. */
  close(): Promise<void> {
    this.#relay.close();
    return this.#server.close();
  }
}

function createRoutes(watch: SessionWatch, clock: Clock): ControlRoute[] {
  return [
    { method: 'GET', path: '/healthz', access: 'open', handle: () => say('alive') },
    { method: 'GET', path: '/readyz', access: 'open', handle: () => say('ready') },
    ...createMetricsRoutes(async () => countSessions(await watch.summaries())),
    {
      method: 'GET',
      path: '/sessions',
      access: 'read',
      handle: async () => ({
        kind: 'json',
        body: { at: clock.wallTime(), sessions: await watch.summaries() },
      }),
    },
    ...createPageRoutes(join(__dirname, 'sessions-page')),
    ...createSessionRoutes(watch, clock),
    ...createSessionPageRoutes(createPageRoutes(join(__dirname, 'page'))),
  ];
}

function say(text: string): ControlReply {
  return { kind: 'text', body: `${text}\n`, contentType: 'text/plain; charset=utf-8' };
}
