import type { ControlReply, ControlRequest, ControlRoute } from '../http/control-route.ts';
import type { DescribeFailure } from '../http/hono-adapter.ts';
import { SpawnFailure } from './spawn-failure.ts';

type Handle = (request: ControlRequest) => ControlReply | Promise<ControlReply>;

/** A route whose failures are answered in the words of a spawner. */
export function route(
  method: ControlRoute['method'],
  path: string,
  parts: Pick<ControlRoute, 'access' | 'ignoresBody'> & { readonly handle: Handle },
): ControlRoute {
  return {
    ...parts,
    method,
    path,
    handle: async (request) => {
      try {
        return await parts.handle(request);
      } catch (error) {
        if (error instanceof SpawnFailure) return answerFailure(error);
        throw error;
      }
    },
  };
}

export function answerJson(body: unknown, status = 200): ControlReply {
  return { kind: 'json', body, status };
}

/** With line breaks for people, unless `?raw=true`. */
export function answerReadable(request: ControlRequest, body: unknown): ControlReply {
  if (request.query('raw') === 'true') return answerJson(body);
  return {
    kind: 'text',
    body: `${JSON.stringify(body, null, 2)}\n`,
    contentType: 'application/json',
  };
}

export function answerEmpty(status: number, headers: Record<string, string> = {}): ControlReply {
  return { kind: 'text', body: '', contentType: 'text/plain', status, headers };
}

/** What is answered for a spawn that did not come about. */
export function failureBody(failure: SpawnFailure): Record<string, unknown> {
  return { status: 'failed', reason: failure.message, ...failure.facts };
}

/** What is answered when no route did. */
export const describeFailure: DescribeFailure = (reason, status) => {
  if (status === 404) return { status, body: { result: 'error', reason: 'Not Found' } };
  const { code, message } = (reason ?? {}) as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : String(reason);
  return {
    status: status ?? (code === 'ERR_CONTROL_REQUEST' ? 400 : 500),
    body: { status: 'failed', reason: text },
  };
};

function answerFailure(failure: SpawnFailure): ControlReply {
  return {
    kind: 'text',
    body: `${JSON.stringify(failureBody(failure))}\n`,
    contentType: 'application/json',
    status: failure.status,
    headers: failure.status === 503 ? { 'retry-after': '1' } : {},
  };
}
