import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { VigilErrorCode } from '../errors.ts';

/** Why a request is not answered. */
export interface Refusal {
  readonly status: number;
  readonly code: VigilErrorCode;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of the code and the message. */
  readonly body?: unknown;
}

export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  response.writeHead(refusal.status, { ...JSON_HEADERS, ...refusal.headers });
  response.end(encode(refusal));
}

/** For a request to upgrade, whose connection no longer belongs to the HTTP server. */
export function sendRawRefusal(socket: Duplex, refusal: Refusal): void {
  const { STATUS_CODES } = require('node:http') as typeof import('node:http');
  const { status, headers } = refusal;
  const body = encode(refusal);
  const lines = Object.entries({
    ...JSON_HEADERS,
    ...headers,
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`;
  socket.end(head + body, () => socket.destroy());
}

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

function encode({ code, message, body = { error: { code, message } } }: Refusal): string {
  return `${JSON.stringify(body)}\n`;
}
