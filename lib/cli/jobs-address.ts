import { request, type RequestOptions } from 'node:http';
import { request as requestSafely } from 'node:https';
import { VigilError } from '../errors.ts';
import { readGatewayPlace } from '../jobs/serve/gateway-place.ts';
import { readJobsOptions, STATE_FLAGS, STATE_KEYS } from './jobs-flags.ts';
import type { VerbCall, VerbFlag } from './verb.ts';

/** Flags of the commands that ask a gateway. */
export const GATEWAY_FLAGS: readonly VerbFlag[] = [
  {
    name: 'url',
    alias: 'u',
    kind: 'text',
    value: 'URL',
    describe: 'the gateway (default: that of the state directory, or ws://127.0.0.1:8900/jobs)',
  },
  ...STATE_FLAGS,
  { name: 'token', kind: 'text', value: 'TOKEN', describe: 'what the gateway asks for' },
  {
    name: 'config',
    alias: 'c',
    kind: 'text',
    value: 'FILE',
    completes: 'files',
    describe: 'configuration (default jobs.config.json)',
  },
];

/** A gateway that can be asked. */
export interface GatewayAddress {
  /** `ws://HOST:PORT/jobs` */
  readonly url: string;
  readonly token: string | null;
}

/**
 * The gateway that a command was told of, that serves in the state directory, or that the configuration describes.
 *
 * @throws ERR_USAGE, ERR_CONFIG_INVALID, ERR_CONFIG_READ
 */
export function readGatewayAddress(call: VerbCall): GatewayAddress {
  const given = call.arguments.text('url');
  const token = call.arguments.text('token') ?? null;
  if (given !== undefined) return { url: checkUrl(given), token };
  const options = readJobsOptions(call, STATE_KEYS);
  const served = readGatewayPlace(options.stateDirectory);
  if (served !== null) return { url: served, token: token ?? options.token };
  const host = options.host === '0.0.0.0' || options.host === '::' ? '127.0.0.1' : options.host;
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `ws://${name}:${String(options.port)}/jobs`, token: token ?? options.token };
}

/** @throws ERR_USAGE for what is no URL of a WebSocket */
export function checkUrl(text: string): string {
  if (URL.canParse(text) && /^wss?:/.test(text)) return text;
  throw new VigilError('ERR_USAGE', `"${text}" is no URL such as ws://127.0.0.1:8900/jobs`);
}

/** What a gateway has answered. */
export interface GatewayAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const PATIENCE_MS = 10_000;

/**
 * Asks a gateway over HTTP.
 *
 * @throws ERR_SESSION_NOT_RUNNING when none answers
 */
export function askGateway(
  { url, token }: GatewayAddress,
  path: string,
  body?: object,
): Promise<GatewayAnswer> {
  const target = new URL(path, url.replace(/^ws/, 'http'));
  const text = body === undefined ? undefined : JSON.stringify(body);
  const options: RequestOptions = {
    method: text === undefined ? 'GET' : 'POST',
    timeout: PATIENCE_MS,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    },
  };
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      const reason = `no gateway answers at ${url}: ${error.message}`;
      reject(new VigilError('ERR_SESSION_NOT_RUNNING', reason, { cause: error }));
    };
    const send = target.protocol === 'https:' ? requestSafely : request;
    const sent = send(target, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', fail);
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks)) });
      });
    });
    sent.once('error', fail).once('timeout', () => {
      sent.destroy(new Error(`nothing came within ${String(PATIENCE_MS / 1000)} s`));
    });
    sent.end(text);
  });
}

/** The reason that an answer gives. */
export function reasonOf({ status, body }: GatewayAnswer): string {
  const { message } = (body['error'] ?? {}) as { message?: unknown };
  return typeof message === 'string'
    ? message
    : `the gateway answered with status ${String(status)}`;
}

function parse(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(bytes.toString()) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
