import { VigilError } from '../errors.ts';

/** What a URL of a broker says. */
export type BrokerPlace =
  { readonly kind: 'memory' } | { readonly kind: 'file'; readonly directory: string } | AmqpPlace;

export interface AmqpPlace {
  readonly kind: 'amqp';
  readonly tls: boolean;
  /** `host:port` of each node. */
  readonly hosts: readonly string[];
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
}

/**
 * Reads `memory:`, `file:DIR`, or `amqp://user:password@host1:port1,host2:port2/vhost` (`amqps://` with TLS).
 *
 * @throws ERR_BROKER_URL for anything else
 */
export function parseBrokerUrl(url: string): BrokerPlace {
  if (url === 'memory:') return { kind: 'memory' };
  if (url.startsWith('file:')) return parseFileUrl(url);
  return parseAmqpUrl(AMQP.exec(url)?.groups);
}

function parseAmqpUrl(groups: Readonly<Record<string, string | undefined>> | undefined): AmqpPlace {
  if (groups === undefined) throw urlError('expected memory:, file:DIR or amqp://HOST,…');
  const { scheme, user = 'guest', password = 'guest', hosts = '', vhost = '' } = groups;
  const tls = scheme === 'amqps';
  return {
    kind: 'amqp',
    tls,
    hosts: hosts.split(',').map((host) => parseHost(host, tls)),
    username: decode(user),
    password: decode(password),
    vhost: vhost === '' ? '/' : decode(vhost),
  };
}

const AMQP =
  /^(?<scheme>amqps?):\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^@/?#]+)(?:\/(?<vhost>[^/?#]*))?$/;

function parseFileUrl(url: string): BrokerPlace {
  const directory = url.slice('file:'.length).replace(/^\/\/(?=\/)/, '');
  if (directory === '') throw urlError('file: needs a directory, as in file:./jobs');
  return { kind: 'file', directory };
}

function parseHost(text: string, tls: boolean): string {
  const match = /^(\[[\da-fA-F:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/.exec(text.trim());
  const port = match?.[2] ?? (tls ? '5671' : '5672');
  if (match?.[1] === undefined || Number(port) < 1 || Number(port) > 65_535)
    throw urlError(`"${text}" is no HOST:PORT`);
  return `${match[1]}:${port}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw urlError('a % in it is not followed by two hexadecimal digits');
  }
}

// The URL itself is not quoted: it may hold a password.
function urlError(reason: string): VigilError {
  return new VigilError('ERR_BROKER_URL', `the URL of the broker cannot be read: ${reason}`);
}
