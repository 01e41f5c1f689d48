import { Agent, get } from 'node:http';
import type { ResolvedSessionOptions } from '../session/options.ts';
import type { Clock } from '../util/clock.ts';

/** What a server answered on one route. */
export interface RouteAnswer {
  readonly path: string;
  /** Null when there was no complete answer. */
  readonly status: number | null;
  readonly latencyMs: number;
  readonly error: string | null;
}

const HEALTH_ROUTES = ['/health', '/healthz', '/livez', '/ping', '/status'];
const UNLIKELY_ROUTE = '/vigil-doctor-asks-for-what-is-not-there';
const TIMEOUT_MS = 5000;

/**
 * Asks the health route of the configuration and, when none is set, those that servers usually have.
 * A server that answers everything alike has none of them.
 */
export async function askRoutes(
  port: number,
  { polling }: ResolvedSessionOptions,
  clock: Clock,
): Promise<RouteAnswer[]> {
  if (polling === false) return [];
  // Kept open as a browser does, so that the end shows how the server deals with it.
  const agent = new Agent({ keepAlive: true, timeout: TIMEOUT_MS });
  const ask = (path: string): Promise<RouteAnswer> => askRoute({ port, path, agent }, clock);
  const first = await ask(polling.route);
  if (polling.routeIsSet || first.status === null) return [first];
  const unlikely = await ask(UNLIKELY_ROUTE);
  if (unlikely.status !== 404) return [first];
  const others: RouteAnswer[] = [];
  for (const path of HEALTH_ROUTES) others.push(await ask(path));
  return [first, ...others];
}

interface Question {
  readonly port: number;
  readonly path: string;
  readonly agent: Agent;
}

async function askRoute(question: Question, clock: Clock): Promise<RouteAnswer> {
  const answer = await askHost('127.0.0.1', question, clock);
  // It may listen on the other loopback address alone.
  return answer.error === 'ECONNREFUSED' ? askHost('::1', question, clock) : answer;
}

function askHost(
  host: string,
  { port, path, agent }: Question,
  clock: Clock,
): Promise<RouteAnswer> {
  const began = clock.now();
  return new Promise((resolve) => {
    const settle = (status: number | null, error: string | null): void => {
      timer.cancel();
      resolve({ path, status, latencyMs: Math.round(clock.now() - began), error });
    };
    const request = get({ host, port, path, agent }, (response) => {
      response.resume();
      response.once('end', () => {
        settle(response.statusCode ?? null, null);
      });
      response.once('error', (error) => {
        settle(null, error.message);
      });
    });
    const timer = clock.setTimer(TIMEOUT_MS, () => request.destroy(new Error('no answer in time')));
    request.on('error', (error: NodeJS.ErrnoException) => {
      settle(null, error.code ?? error.message);
    });
  });
}
