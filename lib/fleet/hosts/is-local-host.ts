import { networkInterfaces } from 'node:os';

const NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '0.0.0.0', '::1', '::']);

/**
 * Whether a server with this host is started by the master itself: a name or address of this machine, or the same that
 * the master is given.
 */
export function isLocalHost(host: string, masterHost: string): boolean {
  if (NAMES.has(host) || host === masterHost) return true;
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.some(({ address }) => address === host);
}
