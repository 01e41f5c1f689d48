import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { signWebhook } from '../../lib/notify/sign-webhook.ts';

export interface CaughtRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A real receiver of webhooks on loopback that keeps every request, and answers 204 unless told otherwise. */
export class WebhookCatcher {
  readonly caught: CaughtRequest[] = [];
  readonly url: string;
  /** Null: no answer. */
  answer: ((caught: CaughtRequest) => { status: number; text?: string } | null) | undefined;
  readonly #server: Server;

  private constructor(server: Server, scheme: string) {
    this.#server = server;
    this.url = `${scheme}://127.0.0.1:${String((server.address() as AddressInfo).port)}/hook?team=7`;
  }

  static async listen(secure?: {
    readonly key: string;
    readonly cert: string;
  }): Promise<WebhookCatcher> {
    let take: RequestListener = () => undefined;
    const listener: RequestListener = (request, response) => {
      take(request, response);
    };
    const server =
      secure === undefined ? createServer(listener) : createSecureServer(secure, listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const catcher = new WebhookCatcher(server, secure === undefined ? 'http' : 'https');
    take = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        const caught = { method, path, headers, body: Buffer.concat(chunks).toString() };
        catcher.caught.push(caught);
        const answer = catcher.answer === undefined ? { status: 204 } : catcher.answer(caught);
        if (answer === null) return;
        const location =
          answer.status < 400 && answer.status >= 300 ? { location: catcher.url } : {};
        response.writeHead(answer.status, location).end(answer.text ?? '');
      });
    };
    return catcher;
  }

  /** What the requests said, parsed. */
  get bodies(): Record<string, unknown>[] {
    return this.caught.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }
}

/** Whether a request is signed with the secret. */
export function isSigned({ headers, body }: CaughtRequest, secret: string): boolean {
  const id = String(headers['webhook-id']);
  const timestamp = Number(headers['webhook-timestamp']);
  return headers['webhook-signature'] === signWebhook(secret, { id, timestamp, body });
}
