import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a browser sent the request for a page of somebody else.
 *
 * A browser that tells the relation itself is believed, for a page cannot write that header. Otherwise the page's
 * origin must be the host that was asked, or the one that a proxy in front was asked for. Who is no browser sends neither.
 */
export function isCrossSite(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = headers;
  if (origin === undefined) return false;
  const host = readHost(origin);
  return host === null || ![headers.host, headers['x-forwarded-host']].includes(host);
}

function readHost(origin: string): string | null {
  const match = /^https?:\/\/([^/?#@\s]+)$/i.exec(origin);
  return match?.[1]?.toLowerCase() ?? null;
}
