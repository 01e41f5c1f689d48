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

function loadConnection(): (typeof import('rabbitmq-client'))['Connection'] {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on first use
    return (require('rabbitmq-client') as typeof import('rabbitmq-client')).Connection;
  } catch (error) {
    throw peerMissingError('rabbitmq-client', 'amqp:', error);
  }
}
