import { VigilError } from '../errors.ts';
import type { ControlPort, TakeOverPort } from './control-port.ts';
import type { ControlReply, ControlRequest, ControlRoute, LineSource } from './control-route.ts';
import { wantsEventStream } from './line-format.ts';
import type { RouteAbout } from './route-about.ts';
import { type KnownRoute, ROUTE_ABOUTS } from './route-abouts.ts';

const DEFAULT_EVENT_COUNT = 50;
const MOST_EVENTS = 100_000;

/**
 * The control API of a session.
 *
 * @param others - further routes that are served beside these; the API's document names them too
 */
export function createControlRoutes(
  port: ControlPort,
  others: readonly ControlRoute[] = [],
): ControlRoute[] {
  const routes: ControlRoute[] = [
    ...createOpenRoutes(port),
    get('/status', () => port.status()),
    get('/explain', () => port.explain()),
    onSocket(get('/complete', (request) => port.complete(request.query('line') ?? ''))),
    describe('GET', '/events', (request) => replyEvents(port, request)),
    get('/crashes', () => port.listCrashes()),
    get('/crashes/:id', (request) => port.showCrash(request.param('id'))),
    post('/crashes/clear', () => port.clearCrashes()),
    onSocket(post('/command', ({ body }) => port.runCommand(takeText(body, 'line')))),
    post('/restart', ({ body }) => port.restart({ force: takeForce(body) })),
    post('/stop', ({ body }) => port.stop({ force: takeForce(body) })),
    post('/reload', () => port.reload()),
    post('/kill', () => port.kill()),
    post('/set', ({ body }) => port.set(takeText(body, 'path'), body['value'])),
    post('/test-alert', () => port.testAlert()),
    ...(port.takeOver === undefined ? [] : createTakeOverRoutes(port.takeOver)),
    ...others,
  ];
  return [...routes, createDocumentRoute(() => routes)];
}

function createOpenRoutes(port: ControlPort): ControlRoute[] {
  return [
    open(describe('GET', '/healthz', () => replyText(200, 'alive'))),
    open(
      describe('GET', '/readyz', () => {
        const { isReady, state } = port.readiness();
        return replyText(isReady ? 200 : 503, state);
      }),
    ),
  ];
}

function replyText(status: number, text: string): ControlReply {
  return { kind: 'text', status, body: `${text}\n`, contentType: 'text/plain; charset=utf-8' };
}

/** It tells nothing of the session, so that whoever is to ask for the key can know what for. */
function createDocumentRoute(routes: () => readonly ControlRoute[]): ControlRoute {
  const route = open(
    describe('GET', '/openapi.json', () => {
      const { createOpenApi } = require('./open-api') as typeof import('./open-api.ts');
      return { kind: 'json', body: createOpenApi([...routes(), route]) };
    }),
  );
  return route;
}

function createTakeOverRoutes(port: TakeOverPort): ControlRoute[] {
  return [
    onSocket(post('/take-over', ({ body }) => port.offer(takePid(body)))),
    onSocket(
      post('/take-over/conclude', ({ body }) => {
        const queries = body['queries'];
        if (!Array.isArray(queries)) throw wrong('the body is {"pid": <number>, "queries": [...]}');
        return port.conclude(takePid(body), queries);
      }),
    ),
  ];
}

function takePid(body: ControlRequest['body']): number {
  const { pid } = body as { pid?: unknown };
  if (Number.isInteger(pid) && (pid as number) > 0) return pid as number;
  throw wrong(`"pid" is the number of a process, not ${JSON.stringify(pid)}`);
}

type Answer = (request: ControlRequest) => unknown;
type PathOf<Method extends string> = KnownRoute extends infer Known
  ? Known extends `${Method} ${infer Path}`
    ? Path
    : never
  : never;

function get(path: PathOf<'GET'>, answer: Answer): ControlRoute {
  return describe('GET', path, async (request) => ({ kind: 'json', body: await answer(request) }));
}

function post(path: PathOf<'POST'>, answer: Answer): ControlRoute {
  const handle: ControlRoute['handle'] = async (request) => ({
    kind: 'json',
    body: await answer(request),
  });
  return { ...describe('POST', path, handle), access: 'act' };
}

function describe<Method extends 'GET' | 'POST'>(
  method: Method,
  path: PathOf<Method>,
  handle: ControlRoute['handle'],
): ControlRoute {
  const about: RouteAbout = ROUTE_ABOUTS[`${method} ${path}` as KnownRoute];
  return { method, path, access: 'read', about, handle };
}

function open(route: ControlRoute): ControlRoute {
  return { ...route, access: 'open' };
}

function onSocket(route: ControlRoute): ControlRoute {
  return { ...route, isSocketOnly: true };
}

function replyEvents(port: ControlPort, request: ControlRequest): ControlReply {
  const count = takeCount(request.query('n'));
  const isStream = wantsEventStream(request.header('accept'));
  const lastSeen = isStream ? takeLastSeen(request.header('last-event-id')) : null;
  const takePast = (): readonly unknown[] => takeEvents(port, count, lastSeen);
  const isFollowing = isStream || request.query('follow') === '1';
  return {
    kind: 'lines',
    open: (signal) => openEvents(port, takePast, isFollowing ? signal : undefined),
  };
}

/** A browser that comes again says which event was its last; of another monitor's events it has seen none. */
function takeEvents(port: ControlPort, count: number, lastSeen: number | null): readonly unknown[] {
  if (lastSeen !== null) {
    const events = port.recentEvents(MOST_EVENTS) as readonly { readonly seq?: number }[];
    const isOfThisMonitor = (events.at(-1)?.seq ?? 0) >= lastSeen;
    if (isOfThisMonitor) return events.filter(({ seq = 0 }) => seq > lastSeen);
  }
  return count === 0 ? [] : port.recentEvents(count);
}

function takeLastSeen(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function openEvents(
  port: ControlPort,
  takePast: () => readonly unknown[],
  signal: AbortSignal | undefined,
): LineSource {
  if (signal === undefined) return { first: takePast() };
  const iterator = port.followEvents(signal)[Symbol.asyncIterator]();
  // Asked for at once, and the past read in the same tick: no event falls between the two.
  const firstToCome = iterator.next();
  firstToCome.catch(() => undefined);
  let pending: Promise<IteratorResult<unknown>> | undefined = firstToCome;
  const following: AsyncIterator<unknown> = {
    next: () => {
      const result = pending ?? iterator.next();
      pending = undefined;
      return result;
    },
    return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
  };
  return { first: takePast(), following };
}

function takeCount(text: string | undefined): number {
  if (text === undefined) return DEFAULT_EVENT_COUNT;
  if (!/^\d{1,9}$/.test(text))
    throw wrong(`n is a whole number, not ${JSON.stringify(text.slice(0, 64))}`);
  return Math.min(Number(text), MOST_EVENTS);
}

function takeText(body: ControlRequest['body'], key: string): string {
  const value = body[key];
  if (typeof value !== 'string')
    throw wrong(`the body is {"${key}": "<text>"}; "${key}" is ${typeof value}`);
  return value;
}

function takeForce(body: ControlRequest['body']): boolean {
  const value = body['force'] ?? false;
  if (typeof value !== 'boolean') throw wrong(`"force" is true or false, not ${typeof value}`);
  return value;
}

function wrong(message: string): VigilError {
  return new VigilError('ERR_CONTROL_REQUEST', message);
}
