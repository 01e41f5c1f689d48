import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A client that asks to be let in, after the token of the configuration, if there is one, was right. */
export interface ClientRequest {
  readonly headers: IncomingHttpHeaders;
  /** Path and query. */
  readonly target: string;
  readonly remoteAddress: string;
}

/** What is granted to a client. */
export interface ClientGrant {
  /** Its share when not everything can be published at once; default 1. */
  readonly weight?: number;
}

/** Decides about a client: true or a grant lets it in; false or null, or a failure, does not. */
export type Authenticate = (
  request: ClientRequest,
) => boolean | ClientGrant | null | Promise<boolean | ClientGrant | null>;

const HIGHEST_WEIGHT = 1000;

/** The weight of a client that is let in; null: it is not. Never rejects. */
export async function askAuthenticate(
  authenticate: Authenticate,
  { headers, url = '/', socket }: IncomingMessage,
): Promise<number | null> {
  try {
    const { remoteAddress = '' } = socket;
    const grant = await authenticate({ headers, target: url, remoteAddress });
    if (grant === null || typeof grant === 'boolean') return grant === true ? 1 : null;
    const { weight = 1 } = grant;
    return weight > 0 ? Math.min(weight, HIGHEST_WEIGHT) : 1;
  } catch {
    return null;
  }
}
