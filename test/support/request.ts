import {
  type IncomingHttpHeaders,
  type RequestOptions as NodeOptions,
  request as httpRequest,
} from 'node:http';
import { DEFAULT_WAIT_MS } from './wait-until.ts';

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Connects to a unix socket instead of the host of the address. */
  readonly socketPath?: string;
  readonly timeoutMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own; resolves with any complete answer. */
export function request(url: string, options: RequestOptions = {}): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const nodeOptions: NodeOptions = {
      method: options.method ?? 'GET',
      headers: { ...options.headers },
      agent: false,
      signal: AbortSignal.timeout(options.timeoutMs ?? DEFAULT_WAIT_MS),
      ...(options.socketPath === undefined ? {} : { socketPath: options.socketPath }),
    };
    const outgoing = httpRequest(url, nodeOptions, (incoming) => {
      let body = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (text: string) => (body += text));
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}
