import { isIP } from 'node:net';

/**
 * Whether a request was meant for this machine, going by its `Host`.
 *
 * A page of somebody else whose name was made to lead here (DNS rebinding) is asked for under that name: only
 * loopback names, addresses, and the host that was configured are trusted. The port does not matter, for a tunnel
 * has one of its own.
 */
export function isTrustedHost(header: string | undefined, configuredHost: string): boolean {
  const host = readHostName(header ?? '');
  if (host === null) return false;
  if (isIP(host) !== 0) return true;
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === configuredHost.toLowerCase()
  );
}

/** The name or address of a `Host` header, in small letters; null when it is none. */
function readHostName(header: string): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(header);
  const name = match?.[1] ?? match?.[2];
  return name === undefined ? null : name.toLowerCase().replace(/\.$/, '');
}
