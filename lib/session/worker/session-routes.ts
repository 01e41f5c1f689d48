import type { IncomingMessage, ServerResponse } from 'node:http';
import { VigilError } from '../../errors.ts';
import type { KeyCheck } from '../../http/key-check.ts';
import { systemClock } from '../../util/clock.ts';
import { restartMessage, statusMessage } from '../contract.ts';
import type { ServerWorker } from './server-worker.ts';

/** What Express and Connect call middleware; over bare `node:http`, `next` is what else the server does. */
export type SessionRouteHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => void;

/**
 * Makes a handler for the user's own server that answers `/kill/:key`, `/restart/:key` and `/status/:key`.
 *
 * `kill` ends the session and `restart` replaces this process, both in order, by GET or POST; they answer 202 at
 * once. `status` answers what `vigil status --json` prints, by GET. Who has not got the session key is answered 403,
 * and after ten tries 429 for a while. Everything else is left to `next`.
 *
 * @throws ERR_ARGUMENT when it is not given the worker, or the session key has been taken out of the environment
 */
export function sessionRoutes(
  worker: Pick<ServerWorker, 'emit' | 'killSession'>,
): SessionRouteHandler {
  const { session_key: key } = process.env;
  if (typeof (worker as Partial<ServerWorker> | undefined)?.killSession !== 'function')
    throw new VigilError('ERR_ARGUMENT', 'sessionRoutes expects the ServerWorker of this process');
  if (key === undefined || key === '')
    throw new VigilError('ERR_ARGUMENT', 'sessionRoutes finds no session_key in the environment');
  let keys: KeyCheck | null = null;
  return (request, response, next) => {
    const asked = readRoute(request);
    if (asked === null) {
      next();
      return;
    }
    keys ??= createKeyCheck(key);
    const { remoteAddress } = request.socket;
    const finding = keys.examine(asked.key, remoteAddress);
    if (finding === 'right') ACTIONS[asked.action](worker, response);
    else if (finding === 'unread') refuseForAWhile(response, keys.retryAfterSeconds(remoteAddress));
    else answer(response, 403, describe('ERR_CONTROL_KEY', 'this is not for you'));
  };
}

type Action = 'kill' | 'restart' | 'status';

const METHODS: Readonly<Record<Action, readonly string[]>> = {
  kill: ['GET', 'POST'],
  restart: ['GET', 'POST'],
  status: ['GET', 'HEAD'],
};

const ACTIONS: Readonly<
  Record<
    Action,
    (worker: Pick<ServerWorker, 'emit' | 'killSession'>, response: ServerResponse) => void
  >
> = {
  // The drain that follows waits for the answer to go out.
  kill: (worker, response) => {
    answer(response, 202, { ending: true });
    worker.killSession('asked for over HTTP');
  },
  restart: (worker, response) => {
    answer(response, 202, { restarting: true });
    void worker.emit(restartMessage.name, null);
  },
  status: (worker, response) => {
    void worker.emit(statusMessage.name, null).then((told) => {
      const [status] = told.results ?? [];
      if (status === undefined)
        answer(response, 503, describe('ERR_IPC_CLOSED', 'the monitor does not answer'));
      else answer(response, 200, status);
    });
  },
};

function readRoute({ url = '', method = '' }: IncomingMessage): {
  readonly action: Action;
  readonly key: Buffer;
} | null {
  const [, action, key] = /^\/(kill|restart|status)\/([^/?#]+)\/?(?:\?|$)/.exec(url) ?? [];
  if (action === undefined || key === undefined) return null;
  if (!METHODS[action as Action].includes(method)) return null;
  return { action: action as Action, key: decode(key) };
}

function decode(part: string): Buffer {
  try {
    return Buffer.from(decodeURIComponent(part));
  } catch {
    return Buffer.from(part);
  }
}

function refuseForAWhile(response: ServerResponse, seconds: number): void {
  response.setHeader('retry-after', String(seconds));
  answer(response, 429, describe('ERR_CONTROL_LIMIT', 'too many tries'));
}

function describe(code: string, message: string): unknown {
  return { error: { code, message } };
}

/** The key stands in the address: nobody is to keep it, or to tell it to the next page. */
function answer(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

function createKeyCheck(key: string): KeyCheck {
  const { KeyCheck: Check } =
    require('../../http/key-check') as typeof import('../../http/key-check.ts');
  return new Check(key, systemClock);
}
