import type { Socket } from 'node:net';
import type { AsyncMessage, Channel, Connection, Envelope } from 'rabbitmq-client';
import { peerMissingError } from '../broker-errors.ts';
import type { AmqpPlace } from '../broker-url.ts';

export type { AsyncMessage, Channel, Connection, Envelope };

/** A connection to one of the nodes, which is made anew by itself; `error` is emitted for each that is lost. @lazy */
export function connectRabbit(place: AmqpPlace): Connection {
  const { hosts, username, password, vhost, tls } = place;
  return new (loadConnection())({
    hosts: [...hosts],
    username,
    password,
    vhost,
    ...(tls && { tls: true }),
    connectionName: 'vigil',
    noDelay: true,
    heartbeat: 10,
    connectionTimeout: 5000,
    retryLow: 200,
    retryHigh: 3000,
  });
}

/**
 * What is written to the connection from now until the end of this turn of the event loop goes out in one piece; the
 * library writes each message by itself.
 */
export function writeTogether(connection: Connection): void {
  const socket = socketOf(connection);
  if (socket === undefined || corked.has(socket)) return;
  corked.add(socket);
  socket.cork();
  setImmediate(() => {
    uncork(socket);
  });
}

/** Gives up the present connection for another one, to the next node where there are several. */
export function reconnect(connection: Connection, reason: Error): void {
  socketOf(connection)?.destroy(reason);
}

/** Whether it can be used. What waits to be written together is written now: to the library it looks like a block. */
export function isReady(connection: Connection): boolean {
  const socket = socketOf(connection);
  if (socket !== undefined) uncork(socket);
  return connection.ready;
}

const corked = new WeakSet<Socket>();

function uncork(socket: Socket): void {
  if (corked.delete(socket)) socket.uncork();
}

// It shows its socket to nobody. Where it is not found, each message is written by itself.
function socketOf(connection: Connection): Socket | undefined {
  const { _socket: socket } = connection as unknown as { readonly _socket?: Partial<Socket> };
  return typeof socket?.cork === 'function' ? (socket as Socket) : undefined;
}

function loadConnection(): (typeof import('rabbitmq-client'))['Connection'] {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on first use
    return (require('rabbitmq-client') as typeof import('rabbitmq-client')).Connection;
  } catch (error) {
    throw peerMissingError('rabbitmq-client', 'amqp:', error);
  }
}
