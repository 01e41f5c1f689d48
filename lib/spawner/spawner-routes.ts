import type { ControlRequest, ControlRoute } from '../http/control-route.ts';
import { API_HELP } from './api-help.ts';
import { answerEmpty, answerJson, answerReadable, route } from './http-answers.ts';
import type { ResolvedSpawnerOptions } from './resolve-spawner-options.ts';
import { readDemand, readServiceDemand, type SpawnDemand } from './spawn-demand.ts';
import { SpawnFailure } from './spawn-failure.ts';
import type { SpawnKeeper } from './spawn-keeper.ts';
import { viewSpawn } from './spawn-roster.ts';
import { describeSpawner } from './spawner-status.ts';
import type { Spawn } from './spawn.ts';

export interface SpawnerRoutesPort {
  readonly options: ResolvedSpawnerOptions;
  readonly keeper: SpawnKeeper;
  /** ISO time. */
  now(): string;
  /** Begins to end the spawner. */
  shutDown(): void;
  /** The text for Prometheus. */
  metrics(): Promise<{ readonly text: string; readonly contentType: string }>;
}

/** What a spawner can be asked, apart from liveliness. */
export function createSpawnerRoutes(port: SpawnerRoutesPort): ControlRoute[] {
  return [...createRequestRoutes(port), ...createOperatorRoutes(port), ...createOwnRoutes(port)];
}

/** The name under which clients reach a server. */
export function endpointOf(spawn: Spawn, hostname: string): string {
  return `ws://${hostname}:${String(spawn.identity.port)}`;
}

function createRequestRoutes({ options, keeper }: SpawnerRoutesPort): ControlRoute[] {
  const bring = async (demand: SpawnDemand, request: ControlRequest): Promise<Spawn> => {
    const lease = await keeper.request(demand, request.gone);
    const abandon = (): void => {
      lease.abandon();
    };
    // It may go between this moment and that at which the answer is out.
    request.gone.addEventListener('abort', abandon);
    if (request.gone.aborted) abandon();
    return lease.spawn;
  };
  const serve = async (request: ControlRequest): Promise<ReturnType<typeof answerJson>> => {
    const spawn = await bring(readServiceDemand(request.body, options), request);
    const ws = endpointOf(spawn, options.publicHostname ?? '127.0.0.1');
    return answerJson({ result: 'ok', serviceId: spawn.identity.id, endpoints: { ws } });
  };
  return [
    route('POST', '/spawn', {
      access: 'act',
      handle: async (request) => {
        const spawn = await bring(readDemand(request.body, options), request);
        const { id, rendererType } = spawn.identity;
        const endpoint = endpointOf(spawn, options.publicHostname ?? 'localhost');
        return answerJson({ id, endpoint, rendererType }, 201);
      },
    }),
    route('POST', '/service', { access: 'act', handle: serve }),
    route('POST', '/api/spawn', { access: 'act', handle: serve }),
  ];
}

function createOperatorRoutes(port: SpawnerRoutesPort): ControlRoute[] {
  const { options, keeper } = port;
  const find = (request: ControlRequest): Spawn => {
    const spawn = keeper.roster.find(request.param('id'));
    if (spawn === undefined) throw new SpawnFailure(404, "Spawn doesn't exist");
    return spawn;
  };
  return [
    route('GET', '/api/spawns', {
      access: 'read',
      handle: (request) =>
        answerReadable(request, {
          timestamp: port.now(),
          spawns: keeper.roster.list().map(viewSpawn),
        }),
    }),
    route('GET', '/api/spawns/:id', {
      access: 'read',
      handle: (request) => {
        const spawn = find(request);
        const { stdoutFile, stderrFile } = keeper.logs.pairOf(spawn.identity.id);
        const output = keeper.logs.tail(spawn.identity.id, 50);
        const files = { stdout: stdoutFile, stderr: stderrFile };
        return answerReadable(request, { ...viewSpawn(spawn), output, files });
      },
    }),
    route('DELETE', '/api/spawns/:id', {
      access: 'act',
      handle: (request) => {
        const spawn = find(request);
        spawn.end('asked to end');
        return answerReadable(request, { status: 'ok', id: spawn.identity.id, state: spawn.state });
      },
    }),
    route('GET', '/api/status', {
      access: 'read',
      handle: (request) =>
        answerReadable(request, { timestamp: port.now(), ...describeSpawner(keeper, options) }),
    }),
  ];
}

function createOwnRoutes(port: SpawnerRoutesPort): ControlRoute[] {
  return [
    route('GET', '/healthz', { access: 'open', handle: () => answerJson({ status: 'ok' }) }),
    route('GET', '/readyz', {
      access: 'read',
      handle: () =>
        port.keeper.isClosing
          ? answerJson({ status: 'ending' }, 503)
          : answerJson({ status: 'ready' }),
    }),
    route('GET', '/metrics', {
      access: 'read',
      handle: async () => {
        const { text, contentType } = await port.metrics();
        return { kind: 'text', body: text, contentType };
      },
    }),
    route('GET', '/api/help', {
      access: 'read',
      handle: (request) => answerReadable(request, API_HELP),
    }),
    route('POST', '/api/shutdown', {
      access: 'act',
      ignoresBody: true,
      handle: () => {
        port.shutDown();
        return answerJson({ status: 'ok', message: 'Server is shutting down' });
      },
    }),
    route('OPTIONS', '*', {
      access: 'open',
      handle: () =>
        answerEmpty(204, {
          'access-control-allow-methods': 'GET, POST, DELETE',
          'access-control-allow-headers': 'authorization, content-type',
          'access-control-max-age': '600',
        }),
    }),
  ];
}
