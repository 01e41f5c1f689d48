import type { AddressInfo, Server } from 'node:net';
import { isIPv6 } from 'node:net';

/** Listens, and resolves with the port. @throws the error of the system when it cannot */
export function listenAt(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      // What goes wrong with one connection later is no matter of the whole.
      server.off('error', reject).on('error', () => undefined);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** What programs on this machine call a host that is listened on, as it stands in an address. */
export function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === 'localhost') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIPv6(host) ? `[${host}]` : host;
}
