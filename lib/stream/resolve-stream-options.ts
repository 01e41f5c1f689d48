import { deepFreeze } from '../config/deep-freeze.ts';
import { VigilError } from '../errors.ts';
import { parseLwesAddress } from '../lwes/lwes-address.ts';
import { channelOf, type SlowClientPolicy } from './client-config.ts';
import { shortenAddress } from './parse-client-config.ts';
import type { StreamOptions } from './stream-options.ts';
import { DEFAULT_VALUE_FORM, type ValueForm } from './value-text.ts';

/** The options of a stream server with every default, and durations in milliseconds. */
export interface ResolvedStreamOptions {
  readonly port: number;
  readonly host: string;
  readonly interface: string | null;
  /** Null: all. */
  readonly allowedChannels: readonly string[] | null;
  readonly token: string | null;
  readonly allowedOrigins: readonly string[];
  readonly values: ValueForm;
  readonly slowClients: SlowClientPolicy;
  readonly queue: { readonly maxEvents: number; readonly maxBytes: number };
  readonly ringEvents: number;
  readonly lingerMs: number;
  readonly maxClients: number;
  readonly maxChannels: number;
  readonly pingIntervalMs: number;
  readonly journal: NonNullable<StreamOptions['journal']> | null;
}

const HIGHEST_PORT = 65_535;

const NUMBERS = {
  port: { default: 8887, lowest: 0, highest: HIGHEST_PORT },
  ringEvents: { default: 1000, lowest: 0, highest: 1_000_000 },
  lingerSeconds: { default: 0, lowest: 0, highest: 86_400 },
  maxClients: { default: 10_000, lowest: 1, highest: 1_000_000 },
  maxChannels: { default: 256, lowest: 1, highest: 10_000 },
  pingIntervalSeconds: { default: 15, lowest: 0.01, highest: 86_400 },
  maxEvents: { default: 10_000, lowest: 1, highest: 1_000_000 },
  maxBytes: { default: 4 * 1024 * 1024, lowest: 1, highest: 1024 ** 3 },
};

/**
 * Fills in every default.
 *
 * @throws ERR_ARGUMENT naming the option that does not fit
 */
export function resolveStreamOptions(options: StreamOptions): ResolvedStreamOptions {
  const number = (name: Exclude<keyof typeof NUMBERS, 'maxEvents' | 'maxBytes'>): number =>
    checkNumber(name, options[name]);
  return deepFreeze({
    port: number('port'),
    interface: options.interface ?? null,
    ...resolveAccess(options),
    values: { ...DEFAULT_VALUE_FORM, ...options.values },
    slowClients: options.slowClients ?? 'drop-oldest',
    queue: {
      maxEvents: checkNumber('maxEvents', options.queue?.maxEvents),
      maxBytes: checkNumber('maxBytes', options.queue?.maxBytes),
    },
    ringEvents: number('ringEvents'),
    lingerMs: number('lingerSeconds') * 1000,
    maxClients: number('maxClients'),
    maxChannels: number('maxChannels'),
    pingIntervalMs: number('pingIntervalSeconds') * 1000,
    journal: options.journal ? { ...options.journal } : null,
  });
}

function resolveAccess({
  host = '127.0.0.1',
  allowedChannels = [],
  token = null,
  allowedOrigins = [],
}: StreamOptions): Pick<
  ResolvedStreamOptions,
  'host' | 'allowedChannels' | 'token' | 'allowedOrigins'
> {
  // An empty one is a variable that was not set, not a wish to let everybody in.
  if (token === '')
    throw new VigilError('ERR_ARGUMENT', 'token: expected a text, found an empty one');
  return {
    host,
    token,
    allowedChannels: allowedChannels.length === 0 ? null : allowedChannels.map(readChannel),
    allowedOrigins: allowedOrigins.map((origin) => origin.toLowerCase()),
  };
}

function checkNumber(name: keyof typeof NUMBERS, value: number | undefined): number {
  const { default: usual, lowest, highest } = NUMBERS[name];
  const number = value ?? usual;
  const isWhole = name.endsWith('Seconds') || Number.isInteger(number);
  if (isWhole && number >= lowest && number <= highest) return number;
  throw new VigilError(
    'ERR_ARGUMENT',
    `${name}: expected a number from ${lowest} to ${highest}, found ${String(value)}`,
  );
}

/** The channel as it is called here, whatever form of its address was given. */
function readChannel(text: string): string {
  const address = parseLwesAddress(text);
  if (address === null || address.port < 1 || address.port > HIGHEST_PORT)
    throw new VigilError('ERR_ARGUMENT', `expected a channel as ip:port, found "${text}"`);
  return channelOf({ ip: shortenAddress(address.host), port: address.port });
}
