import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { resolveControlSocketPath } from '../http/control-socket-path.ts';
import { type Refusal, sendRawRefusal } from '../http/refusal.ts';
import type { Clock } from '../util/clock.ts';
import { parseSessionTarget } from './session-target.ts';
import type { SessionWatch } from './session-watch.ts';

/** A session must have answered by then. */
const HANDSHAKE_MS = 10_000;
/** Of a handshake, what a session has to see; above all not the key. */
const HANDSHAKE = ['sec-websocket-key', 'sec-websocket-version'];
const ANSWERED = ['upgrade', 'connection', 'sec-websocket-accept', 'sec-websocket-protocol'];
const PROTOCOL = 'vigil.live';
/** The frame of a WebSocket that closes it with code 1001. */
const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9]);

/** Connects those who look on with the live feed of the session they ask for. */
export class LiveRelay {
  readonly #watch: SessionWatch;
  readonly #clock: Clock;
  readonly #ends = new Set<Duplex | ClientRequest>();
  readonly #clients = new Set<Duplex>();

  constructor(watch: SessionWatch, clock: Clock) {
    this.#watch = watch;
    this.#clock = clock;
  }

  accept(request: IncomingMessage, client: Duplex, head: Buffer): void {
    client.on('error', () => undefined); // 'close' follows
    const name = parseSessionTarget(request.url ?? '')?.name ?? '';
    const session = this.#watch.find(name);
    if (session === undefined) {
      sendRawRefusal(client, UNKNOWN);
      return;
    }
    const asking = httpRequest({
      socketPath: resolveControlSocketPath(session.stateDirectory),
      path: '/live',
      agent: false,
      headers: createHandshake(request),
    });
    this.#keep(asking);
    const deadline = this.#clock.setTimer(HANDSHAKE_MS, () => asking.destroy());
    client.once('close', () => asking.destroy());
    asking.once('close', () => {
      deadline.cancel();
    });
    asking.once('upgrade', (answer, server: Duplex, first) => {
      deadline.cancel();
      this.#join(client, server);
      client.write(writeHead(answer));
      client.write(first);
      server.write(head);
    });
    asking.once('response', (answer) => {
      answer.destroy();
      sendRawRefusal(client, ABSENT);
    });
    asking.on('error', () => {
      if (client.writable) sendRawRefusal(client, ABSENT);
    });
    asking.end();
  }

  /** Sends everybody away, those with a feed with code 1001. */
  close(): void {
    for (const client of this.#clients) {
      client.end(GOING_AWAY, () => client.destroy());
      this.#ends.delete(client);
    }
    for (const end of this.#ends) end.destroy();
  }

  #join(client: Duplex, server: Duplex): void {
    server.on('error', () => undefined); // 'close' follows
    this.#clients.add(client);
    client.once('close', () => this.#clients.delete(client));
    for (const [end, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#keep(end);
      end.once('close', () => other.destroy());
    }
    client.pipe(server);
    server.pipe(client);
  }

  #keep(end: Duplex | ClientRequest): void {
    this.#ends.add(end);
    end.once('close', () => this.#ends.delete(end));
  }
}

const UNKNOWN: Refusal = {
  status: 404,
  code: 'ERR_CONTROL_REQUEST',
  message: 'there is no session of that name here',
};
const ABSENT: Refusal = {
  status: 502,
  code: 'ERR_SESSION_NOT_RUNNING',
  message: 'the session does not answer',
};

function createHandshake({ headers }: IncomingMessage): Record<string, string> {
  const given = HANDSHAKE.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return {
    ...Object.fromEntries(given),
    host: 'vigil',
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-protocol': PROTOCOL,
  };
}

function writeHead({ headers }: IncomingMessage): string {
  const lines = ANSWERED.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [`${name}: ${value}\r\n`] : [];
  });
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`;
}
