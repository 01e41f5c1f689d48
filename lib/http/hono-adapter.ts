/* eslint-disable @typescript-eslint/no-require-imports -- loaded on first use */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import { VigilError } from '../errors.ts';
import { createControlFailure } from './control-failure.ts';
import type { ControlReply, ControlRequest, ControlRoute, LineSource } from './control-route.ts';

export interface HttpAdapterOptions {
  readonly maxBodyBytes: number;
  /** Writes a stream of lines; called with the raw response. */
  readonly writeLines: (
    response: ServerResponse,
    open: (signal: AbortSignal) => LineSource,
  ) => Promise<void>;
}

interface Bindings {
  Bindings: { incoming: IncomingMessage; outgoing: ServerResponse };
}

/** Makes an HTTP server that answers the routes and nothing else. It is not listening: hand it connections. */
export function createHttpServer(
  routes: readonly ControlRoute[],
  options: HttpAdapterOptions,
): Server {
  const { Hono, createAdaptorServer, bodyLimit } = loadHono();
  const app = new Hono<Bindings>();
  app.use(refuseLargeBodies(bodyLimit, options.maxBodyBytes));
  for (const route of routes) {
    app.on(route.method, [route.path], (context) => answer(context, route, options));
  }
  app.notFound((context) =>
    reply(
      context,
      wrong(`there is no ${context.req.method} ${context.req.path.slice(0, 256)}`),
      404,
    ),
  );
  app.onError((error, context) => reply(context, error));
  return createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
}

function loadHono(): Pick<typeof import('hono'), 'Hono'> &
  Pick<typeof import('@hono/node-server'), 'createAdaptorServer'> &
  Pick<typeof import('hono/body-limit'), 'bodyLimit'> {
  const { Hono } = require('hono') as typeof import('hono');
  const { bodyLimit } = require('hono/body-limit') as typeof import('hono/body-limit');
  const { createAdaptorServer } =
    require('@hono/node-server') as typeof import('@hono/node-server');
  return { Hono, bodyLimit, createAdaptorServer };
}

function refuseLargeBodies(
  bodyLimit: typeof import('hono/body-limit').bodyLimit,
  maxSize: number,
): MiddlewareHandler {
  return bodyLimit({
    maxSize,
    onError: (context) => reply(context, wrong(`the body is larger than ${maxSize} bytes`), 413),
  });
}

async function answer(
  context: Context<Bindings>,
  route: ControlRoute,
  options: HttpAdapterOptions,
): Promise<Response> {
  try {
    const result = await route.handle(await readRequest(context));
    if (result.kind === 'json') return sendJson(context, result.body, result.status ?? 200);
    if (result.kind === 'text') return sendText(context, result);
    await options.writeLines(context.env.outgoing, result.open);
    return alreadySent();
  } catch (reason) {
    return reply(context, reason);
  }
}

async function readRequest(context: Context<Bindings>): Promise<ControlRequest> {
  const text = context.req.method === 'POST' ? await context.req.text() : '';
  return { query: (name) => context.req.query(name), body: parseBody(text) };
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
  return context.newResponse(body, status as 200, {
    'cache-control': 'no-store',
    ...headers,
    'content-type': contentType,
  });
}

function reply(context: Context, reason: unknown, status?: 404 | 413): Response {
  const failure = createControlFailure(reason, status);
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
