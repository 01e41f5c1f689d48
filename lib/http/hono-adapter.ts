/* eslint-disable @typescript-eslint/no-require-imports -- loaded on first use */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Context } from 'hono';
import { VigilError } from '../errors.ts';
import { createControlFailure } from './control-failure.ts';
import type { ControlReply, ControlRequest, ControlRoute, LineSource } from './control-route.ts';
import type { RequestGate } from './front-gate.ts';
import { sendRefusal } from './refusal.ts';

export interface HttpAdapterOptions {
  readonly maxBodyBytes: number;
  /** Writes a stream of lines; called with the raw response. */
  readonly writeLines: (
    response: ServerResponse,
    open: (signal: AbortSignal) => LineSource,
  ) => Promise<void>;
  /** Decides who is answered; without it everybody is. */
  readonly gate?: RequestGate;
  /** Added to every answer. */
  readonly headers?: (request: IncomingMessage) => Readonly<Record<string, string>>;
  /** The answer to what no route could be asked, or did not answer; default that of the control API. */
  readonly describeFailure?: DescribeFailure;
}

/** @param status - of HTTP, when it is clear already */
export type DescribeFailure = (
  reason: unknown,
  status: 404 | 413 | undefined,
) => { readonly status: number; readonly body: unknown };

interface Bindings {
  Bindings: { incoming: IncomingMessage; outgoing: ServerResponse };
}

/** Makes an HTTP server that answers the routes and nothing else. It is not listening: hand it connections. */
export function createHttpServer(
  routes: readonly ControlRoute[],
  options: HttpAdapterOptions,
): Server {
  const { Hono, getRequestListener } = loadHono();
  const { describeFailure = createControlFailure } = options;
  const app = new Hono<Bindings>();
  for (const route of routes) {
    app.on(route.method, [route.path], (context) => answer(context, route, options));
  }
  app.notFound((context) =>
    reply(context, wrong(`there is no ${context.req.method} ${context.req.path.slice(0, 256)}`), {
      describeFailure,
      status: 404,
    }),
  );
  app.onError((error, context) => reply(context, error, { describeFailure }));
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const { createServer } = require('node:http') as typeof import('node:http');
  return createServer((request, response) => {
    const headers = { ...SAFETY_HEADERS, ...options.headers?.(request) };
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const refusal = options.gate?.inspect(request) ?? null;
    if (refusal === null) void listener(request, response);
    else sendRefusal(response, refusal);
  });
}

/** No answer is a page, unless it says so itself; and none is for other sites. */
const SAFETY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

function loadHono(): Pick<typeof import('hono'), 'Hono'> &
  Pick<typeof import('@hono/node-server'), 'getRequestListener'> {
  const { Hono } = require('hono') as typeof import('hono');
  const { getRequestListener } = require('@hono/node-server') as typeof import('@hono/node-server');
  return { Hono, getRequestListener };
}

async function answer(
  context: Context<Bindings>,
  route: ControlRoute,
  options: HttpAdapterOptions,
): Promise<Response> {
  try {
    const refusal = options.gate?.authorize(context.env.incoming, route.access) ?? null;
    if (refusal !== null) {
      sendRefusal(context.env.outgoing, refusal);
      return alreadySent();
    }
    const result = await route.handle(await readRequest(context, route, options.maxBodyBytes));
    return await send(context, result, options);
  } catch (reason) {
    const { describeFailure = createControlFailure } = options;
    const status = reason instanceof LargeBodyError ? { status: 413 as const } : {};
    return reply(context, reason, { describeFailure, ...status });
  }
}

async function send(
  context: Context<Bindings>,
  result: ControlReply,
  { writeLines }: HttpAdapterOptions,
): Promise<Response> {
  if (result.kind === 'json') return sendJson(context, result.body, result.status ?? 200);
  if (result.kind === 'text') return sendText(context, result);
  if (result.kind === 'passed') await passOn(context.env.outgoing, result);
  else await writeLines(context.env.outgoing, result.open);
  return alreadySent();
}

async function readRequest(
  context: Context<Bindings>,
  route: ControlRoute,
  maxBodyBytes: number,
): Promise<ControlRequest> {
  const text =
    context.req.method === 'POST' ? await readBody(context.env.incoming, maxBodyBytes) : '';
  return {
    query: (name) => context.req.query(name),
    param: (name) => context.req.param(name) ?? '',
    header: (name) => context.req.header(name),
    target: context.env.incoming.url ?? '/',
    gone: watchGone(context.env.outgoing),
    body: route.ignoresBody === true ? {} : parseBody(text),
  };
}

function watchGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  if (response.destroyed) gone.abort();
  return gone.signal;
}

/** Nothing is read of a body that says it is too large, and no more than allowed of one that says nothing. */
async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<string> {
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes)
    throw new LargeBodyError(maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  // The answer still has to go out over this connection.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > maxBytes) throw new LargeBodyError(maxBytes);
  }
  return Buffer.concat(chunks).toString();
}

class LargeBodyError extends VigilError {
  constructor(maxBytes: number) {
    super('ERR_CONTROL_REQUEST', `the body is larger than ${maxBytes} bytes`);
  }
}

function parseBody(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw wrong('the body is not JSON', { cause });
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw wrong('the body is not a JSON object');
  return body as Record<string, unknown>;
}

function sendJson(context: Context, body: unknown, status: number): Response {
  // A status with a bigint or a cycle in it throws here, and becomes an error answer like any other.
  const text = (JSON.stringify(body) as string | undefined) ?? 'null';
  return context.newResponse(`${text}\n`, status as 200, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
}

function sendText(
  context: Context,
  { body, contentType, status = 200, headers }: Extract<ControlReply, { kind: 'text' }>,
): Response {
  // An answer of these has no body, not even an empty one: it would be refused.
  const content = status === 204 || status === 304 ? null : body;
  return context.newResponse(content, status as 200, {
    'cache-control': 'no-store',
    ...headers,
    'content-type': contentType,
  });
}

/** Whoever breaks off, the one who asks or the one who answers, ends both. */
async function passOn(
  response: ServerResponse,
  { status, headers, body }: Extract<ControlReply, { kind: 'passed' }>,
): Promise<void> {
  const { pipeline } = require('node:stream/promises') as typeof import('node:stream/promises');
  response.writeHead(status, headers).flushHeaders();
  await pipeline(body, response).catch(() => response.destroy());
}

function reply(
  context: Context,
  reason: unknown,
  { describeFailure, status }: { describeFailure: DescribeFailure; status?: 404 | 413 },
): Response {
  const failure = describeFailure(reason, status);
  return sendJson(context, failure.body, failure.status);
}

function alreadySent(): Response {
  const { RESPONSE_ALREADY_SENT } =
    require('@hono/node-server/utils/response') as typeof import('@hono/node-server/utils/response');
  return RESPONSE_ALREADY_SENT;
}

function wrong(message: string, options?: ErrorOptions): VigilError {
  return new VigilError('ERR_CONTROL_REQUEST', message, options);
}
