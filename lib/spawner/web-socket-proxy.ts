import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { UpgradeHandler } from '../http/http-door.ts';
import { type Refusal, sendRawRefusal } from '../http/refusal.ts';
import type { Clock } from '../util/clock.ts';
import { failureBody } from './http-answers.ts';
import type { ResolvedSpawnerOptions } from './resolve-spawner-options.ts';
import type { Spawn } from './spawn.ts';
import { readDemand } from './spawn-demand.ts';
import { SpawnFailure } from './spawn-failure.ts';
import { CALLER_GONE, type SpawnLease } from './spawn-flights.ts';
import type { SpawnKeeper } from './spawn-keeper.ts';
import type { SpawnerGate } from './spawner-gate.ts';

export interface WebSocketProxyParts {
  readonly options: ResolvedSpawnerOptions;
  readonly keeper: SpawnKeeper;
  readonly gate: SpawnerGate;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
}

const PROXY_PATH = /^\/proxy\/([^/?]+)(\/[^?]*)?$/;
const ANSWER_MS = 10_000;
const NOT_TAKEN = 'it did not take the WebSocket that it was started for';
const MOST_EARLY_BYTES = 64 * 1024;

/** Passes WebSockets on to the servers: to a new one at `/`, to one that is there at `/proxy/ID`. */
export function createWebSocketProxy(parts: WebSocketProxyParts): UpgradeHandler {
  const { gate, warn } = parts;
  return (request, socket, head) => {
    const refusal = gate.inspect(request) ?? gate.authorizeUpgrade(request);
    if (refusal !== null) {
      sendRawRefusal(socket, refusal);
      return;
    }
    serve(parts, { request, socket, head }).catch((error: unknown) => {
      if (!(error instanceof SpawnFailure))
        warn(
          `a WebSocket was not passed on: ${error instanceof Error ? error.message : String(error)}`,
        );
      // The server's own refusal may have been passed on.
      if (socket.writable && socket.bytesWritten === 0) sendRawRefusal(socket, describe(error));
    });
  };
}

interface HeldUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
}

async function serve(parts: WebSocketProxyParts, held: HeldUpgrade): Promise<void> {
  if (!parts.options.proxy) throw new SpawnFailure(404, 'WebSockets are not passed on here');
  const { request, socket } = held;
  const hold = new HeldSocket(socket, held.head);
  const found = await find(parts, request, hold.gone);
  if (hold.gone.aborted) return;
  request.url = found.target;
  const head = hold.release();
  // The token is for the spawner alone.
  if (parts.options.token !== null) delete request.headers.authorization;
  const { port } = found.spawn.identity;
  const { passUpgrade } = require('./httpxy-adapter') as typeof import('./httpxy-adapter.ts');
  try {
    const upgrade = { request, socket, head, port, clock: parts.clock, timeoutMs: ANSWER_MS };
    connect(socket, await passUpgrade(upgrade), found.spawn);
  } catch (error) {
    // It was started for this WebSocket, and nobody else knows of it.
    found.lease?.abandon(socket.destroyed ? CALLER_GONE : NOT_TAKEN);
    throw error;
  }
}

function connect(socket: Socket, upstream: Socket, spawn: Spawn): void {
  const leave = spawn.followUse(() => upstream.bytesRead + upstream.bytesWritten);
  // A client that vanishes without a word takes its connection to the server with it.
  if (socket.destroyed) upstream.destroy();
  socket.once('close', () => upstream.destroy());
  upstream.once('close', () => {
    leave();
    socket.destroySoon();
  });
}

interface Found {
  readonly spawn: Spawn;
  /** Where it is led there. */
  readonly target: string;
  /** Null: the server was there before. */
  readonly lease: SpawnLease | null;
}

async function find(
  { options, keeper }: WebSocketProxyParts,
  { url = '/' }: IncomingMessage,
  gone: AbortSignal,
): Promise<Found> {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  searchParams.delete('token');
  const query = searchParams.size === 0 ? '' : `?${searchParams.toString()}`;
  if (pathname === '/') {
    const rendererType = searchParams.get('renderingLocation') ?? options.defaultType;
    const lease = await keeper.request(readDemand({ rendererType }, options), gone);
    if (gone.aborted) lease.abandon();
    return { spawn: lease.spawn, target: `/${query}`, lease };
  }
  const [, id = '', path = '/'] = PROXY_PATH.exec(pathname) ?? [];
  return { spawn: await findReady(keeper, id, gone), target: path + query, lease: null };
}

async function findReady(keeper: SpawnKeeper, id: string, gone: AbortSignal): Promise<Spawn> {
  const spawn = keeper.roster.find(id);
  if (spawn === undefined) throw new SpawnFailure(404, "Spawn doesn't exist");
  await Promise.race([spawn.launched, whenGone(gone)]);
  if (!spawn.isServing && !gone.aborted)
    throw new SpawnFailure(502, `the server does not serve: it is ${spawn.state}`, { id });
  return spawn;
}

function whenGone(gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    gone.addEventListener('abort', () => {
      resolve();
    });
  });
}

/** A connection whose request waits: it is read, for otherwise nobody would see that the client has gone. */
class HeldSocket {
  readonly gone: AbortSignal;
  readonly #socket: Socket;
  readonly #early: Buffer[];
  readonly #end = new AbortController();
  #earlyBytes = 0;

  constructor(socket: Socket, head: Buffer) {
    this.#socket = socket;
    this.#early = [head];
    this.gone = this.#end.signal;
    socket.on('data', this.#keep).once('end', this.#leave).once('close', this.#leave);
  }

  /** Leaves the connection to somebody else, with what has come meanwhile. */
  release(): Buffer {
    this.#socket.off('data', this.#keep).off('end', this.#leave).off('close', this.#leave);
    this.#socket.pause();
    return Buffer.concat(this.#early);
  }

  readonly #keep = (chunk: Buffer): void => {
    this.#early.push(chunk);
    this.#earlyBytes += chunk.length;
    if (this.#earlyBytes > MOST_EARLY_BYTES) this.#socket.destroy();
  };

  readonly #leave = (): void => {
    this.#end.abort();
    this.#socket.destroy();
  };
}

function describe(error: unknown): Refusal {
  const failure =
    error instanceof SpawnFailure
      ? error
      : new SpawnFailure(502, 'the server did not take the WebSocket');
  return {
    status: failure.status,
    code: 'ERR_CONTROL_REQUEST',
    message: failure.message,
    body: failureBody(failure),
  };
}
