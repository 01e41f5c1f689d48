import { VigilError } from '../errors.ts';
import type { ControlPort, TakeOverPort } from './control-port.ts';
import type { ControlReply, ControlRequest, ControlRoute, LineSource } from './control-route.ts';

const DEFAULT_EVENT_COUNT = 50;
const MOST_EVENTS = 100_000;

/** The control API of a session. */
export function createControlRoutes(port: ControlPort): ControlRoute[] {
  return [
    get('/status', () => port.status()),
    get('/explain', () => port.explain()),
    get('/complete', (request) => port.complete(request.query('line') ?? '')),
    {
      method: 'GET',
      path: '/events',
      access: 'read',
      handle: (request) => replyEvents(port, request),
    },
    post('/command', ({ body }) => port.runCommand(takeText(body, 'line'))),
    post('/restart', ({ body }) => port.restart({ force: takeForce(body) })),
    post('/stop', ({ body }) => port.stop({ force: takeForce(body) })),
    post('/reload', () => port.reload()),
    post('/kill', () => port.kill()),
    post('/set', ({ body }) => port.set(takeText(body, 'path'), body['value'])),
    post('/test-alert', () => port.testAlert()),
    ...(port.takeOver === undefined ? [] : createTakeOverRoutes(port.takeOver)),
  ];
}

function createTakeOverRoutes(port: TakeOverPort): ControlRoute[] {
  return [
    post('/take-over', ({ body }) => port.offer(takePid(body))),
    post('/take-over/conclude', ({ body }) => {
      const queries = body['queries'];
      if (!Array.isArray(queries)) throw wrong('the body is {"pid": <number>, "queries": [...]}');
      return port.conclude(takePid(body), queries);
    }),
  ];
}

function takePid(body: ControlRequest['body']): number {
  const { pid } = body as { pid?: unknown };
  if (Number.isInteger(pid) && (pid as number) > 0) return pid as number;
  throw wrong(`"pid" is the number of a process, not ${JSON.stringify(pid)}`);
}

type Answer = (request: ControlRequest) => unknown;

function get(path: string, answer: Answer): ControlRoute {
  return {
    method: 'GET',
    path,
    access: 'read',
    handle: async (request) => ({ kind: 'json', body: await answer(request) }),
  };
}

function post(path: string, answer: Answer): ControlRoute {
  return { ...get(path, answer), method: 'POST', access: 'act' };
}

function replyEvents(port: ControlPort, request: ControlRequest): ControlReply {
  const count = takeCount(request.query('n'));
  const isFollowing = request.query('follow') === '1';
  return {
    kind: 'lines',
    open: (signal) => openEvents(port, count, isFollowing ? signal : undefined),
  };
}

function openEvents(port: ControlPort, count: number, signal: AbortSignal | undefined): LineSource {
  const takePast = (): readonly unknown[] => (count === 0 ? [] : port.recentEvents(count));
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
