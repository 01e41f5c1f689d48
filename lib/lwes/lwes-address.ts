import { isIP } from 'node:net';
import { VigilError } from '../errors.ts';

/** Where events are sent to, or listened for. */
export interface LwesAddress {
  /** An IPv4 or IPv6 address, written as numbers; 224.0.0.0 to 239.255.255.255 and ff00::/8 are multicast. */
  readonly host: string;
  readonly port: number;
  /** Address of this machine whose network is used for multicast; default: what the routes say. */
  readonly interface?: string;
}

/** An address that was checked. */
export interface ResolvedLwesAddress extends LwesAddress {
  readonly family: 'udp4' | 'udp6';
  readonly isMulticast: boolean;
}

const HIGHEST_PORT = 65_535;

/**
 * Checks an address.
 *
 * @param lowestPort - 0 where any free port will do
 * @throws ERR_ARGUMENT
 */
export function resolveLwesAddress(address: LwesAddress, lowestPort = 1): ResolvedLwesAddress {
  const { host, port } = address;
  const version = isIP(host);
  if (version === 0) refuse('host', 'an IPv4 or IPv6 address', host);
  if (!Number.isInteger(port) || port < lowestPort || port > HIGHEST_PORT)
    refuse('port', `a whole number from ${lowestPort} to ${HIGHEST_PORT}`, port);
  if (address.interface !== undefined && isIP(address.interface) === 0)
    refuse('interface', 'an address of this machine', address.interface);
  return {
    host,
    port,
    ...(address.interface === undefined ? {} : { interface: address.interface }),
    family: version === 4 ? 'udp4' : 'udp6',
    isMulticast: isMulticast(host, version),
  };
}

/**
 * Reads `IP:PORT`, an IPv6 address in brackets.
 *
 * @returns null when it is written in no such way
 */
export function parseLwesAddress(text: string): LwesAddress | null {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  return host === undefined || isIP(host) === 0 ? null : { host, port: Number(port) };
}

/** The address in one word. */
export function writeLwesAddress({ host, port }: Pick<LwesAddress, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** For a socket that is given nothing but numbers: what is looked up is there at once. */
export function lookUpNumbers(
  host: string,
  _family: unknown,
  callback: (error: null, address: string, family: number) => void,
): void {
  callback(null, host, isIP(host));
}

const MULTICAST_FIRST = 224;
const MULTICAST_LAST = 239;

function isMulticast(host: string, version: number): boolean {
  if (version === 6) return /^ff/i.test(host);
  const first = Number(host.split('.')[0]);
  return first >= MULTICAST_FIRST && first <= MULTICAST_LAST;
}

function refuse(name: string, expected: string, found: unknown): never {
  const shown = JSON.stringify(found) as string | undefined;
  throw new VigilError('ERR_ARGUMENT', `${name}: expected ${expected}, found ${String(shown)}`);
}
