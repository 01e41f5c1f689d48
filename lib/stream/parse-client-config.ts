import { isIP } from 'node:net';
import type {
  ClientConfig,
  ClientDelivery,
  FilterMode,
  SlowClientPolicy,
} from './client-config.ts';
import { ClientConfigError } from './client-config-error.ts';
import { parseFilters } from './parse-filters.ts';
import { parseLenientJson } from './parse-lenient-json.ts';

/** What a client has asked for. */
export interface ClientRequest {
  readonly config: ClientConfig;
  readonly delivery: ClientDelivery;
}

type Fields = Readonly<Record<string, unknown>>;

const DEFAULTS = { batchSize: 100, maxSecs: 60 };
const MOST_BATCHED = 1_000_000;
const RANGES = { batchSize: MOST_BATCHED, maxSecs: 86_400, port: 65_535 };
const MOST_NAMES = 10_000;
const LONGEST_POSITION = 64;
const POLICIES: readonly SlowClientPolicy[] = ['drop-oldest', 'disconnect', 'conflate'];

/**
 * Reads the message with which a client subscribes.
 *
 * @param defaultPolicy - what holds where the client says nothing of it
 * @throws ClientConfigError
 */
export function parseClientConfig(text: string, defaultPolicy: SlowClientPolicy): ClientRequest {
  const fields = parseObject(text);
  // In the order in which clients have always been told of mistakes.
  const batchSize = readInteger(fields, 'batchSize') ?? DEFAULTS.batchSize;
  const maxSecs = readInteger(fields, 'maxSecs') ?? DEFAULTS.maxSecs;
  const port = readInteger(fields, 'port');
  if (port === undefined) throw new ClientConfigError('port must be specified');
  const ip = readAddress(fields);
  const requests = readRequests(fields);
  const filters = parseFilters(fields['filters']);
  const filterMode = readFilterMode(fields);
  const since = readSince(fields);
  return {
    config: { ip, port, requests, filters, filterMode },
    delivery: { batchSize, maxSecs, since, ...readPolicy(fields, defaultPolicy) },
  };
}

function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = parseLenientJson(text);
  } catch (error) {
    throw new ClientConfigError(`Invalid JSON: ${(error as Error).message}`);
  }
  if (!isObject(value)) throw new ClientConfigError('the configuration must be a JSON object');
  return value;
}

function readInteger(fields: Fields, name: keyof typeof RANGES): number | undefined {
  if (!Object.hasOwn(fields, name)) return undefined;
  const value = fields[name];
  if (!Number.isInteger(value)) throw new ClientConfigError(`${name} must be of type integer`);
  const number = value as number;
  const highest = RANGES[name];
  if (number >= 1 && number <= highest) return number;
  throw new ClientConfigError(`${name} must be between 1 and ${highest}`);
}

function readAddress(fields: Fields): string {
  if (!Object.hasOwn(fields, 'ip')) throw new ClientConfigError('ip must be specified');
  const { ip } = fields;
  if (typeof ip !== 'string') throw new ClientConfigError('ip must be of type string');
  if (isIP(ip) === 0) throw new ClientConfigError(`${ip.slice(0, 200)} is not a valid IP address`);
  return shortenAddress(ip);
}

/** One form for each address. */
export function shortenAddress(ip: string): string {
  if (isIP(ip) !== 6) return ip;
  const [address = '', zone] = ip.split('%');
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  return zone === undefined ? short : `${short}%${zone}`;
}

function readRequests(fields: Fields): Map<string, readonly string[]> {
  if (!Object.hasOwn(fields, 'requests')) throw new ClientConfigError('requests must be specified');
  const { requests } = fields;
  if (!isObject(requests)) throw new ClientConfigError('requests must be of type (JSON) object');
  const entries = Object.entries(requests);
  if (entries.length > MOST_NAMES)
    throw new ClientConfigError(`requests must name at most ${MOST_NAMES} events`);
  const named = new Map<string, readonly string[]>();
  for (const [name, attributes] of entries) {
    if (!Array.isArray(attributes) || attributes.some((one) => typeof one !== 'string'))
      throw new ClientConfigError(
        'requests must be of type (JSON) object, string to list of string',
      );
    named.set(name, [...new Set(attributes as string[])]);
  }
  return named;
}

function readPolicy(
  fields: Fields,
  defaultPolicy: SlowClientPolicy,
): Pick<ClientDelivery, 'policy' | 'conflateBy'> {
  const { policy = fields['conflateBy'] === undefined ? defaultPolicy : 'conflate' } = fields;
  const known = POLICIES.find((one) => one === policy);
  if (known === undefined)
    throw new ClientConfigError(`policy must be one of ${POLICIES.join(', ')}`);
  if (known !== 'conflate') return { policy: known, conflateBy: null };
  const { conflateBy = '' } = fields;
  if (typeof conflateBy !== 'string')
    throw new ClientConfigError('conflateBy must be of type string');
  return { policy: known, conflateBy };
}

function readFilterMode({ filterMode = 'all' }: Fields): FilterMode {
  if (filterMode === 'all' || filterMode === 'perEvent') return filterMode;
  throw new ClientConfigError('filterMode must be "all" or "perEvent"');
}

function readSince({ since = null }: Fields): string | null {
  if (since === null || (typeof since === 'string' && since.length <= LONGEST_POSITION))
    return since;
  throw new ClientConfigError('since must be the "next" of a batch, or an empty string');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
