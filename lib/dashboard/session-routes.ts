import { ControlClient } from '../http/control-client.ts';
import type { ControlPort } from '../http/control-port.ts';
import type { ControlReply, ControlRequest, ControlRoute } from '../http/control-route.ts';
import { createControlRoutes } from '../http/control-routes.ts';
import { createSampleRoutes } from '../http/sample-routes.ts';
import type { SampleSource } from '../http/sample-series.ts';
import type { Clock } from '../util/clock.ts';
import { parseSessionTarget } from './session-target.ts';
import type { SessionWatch } from './session-watch.ts';

const PREFIX = '/session/:name';

// They are asked what routes there are, and for whom; they answer none.
const NO_PORT = {} as ControlPort;
const NO_SAMPLES = {} as SampleSource;

const PASSED_TO_SESSION = ['accept', 'last-event-id'];
const PASSED_BACK = ['content-type', 'content-length', 'cache-control', 'x-accel-buffering'];

/** The control API of every session, below its name: answered by the session's own control socket, open to whom it is there. */
export function createSessionRoutes(watch: SessionWatch, clock: Clock): ControlRoute[] {
  return createControlRoutes(NO_PORT, createSampleRoutes(NO_SAMPLES))
    .filter(({ isSocketOnly }) => isSocketOnly !== true)
    .map(({ method, path, access }) => ({
      method,
      path: `${PREFIX}${path}`,
      access,
      handle: (request) => pass(method, request, { watch, clock }),
    }));
}

/** The page of a session; it holds no data, and is there for every name. */
export function createSessionPageRoutes(page: readonly ControlRoute[]): ControlRoute[] {
  const folder: ControlRoute = {
    method: 'GET',
    path: PREFIX,
    access: 'open',
    handle: (request) => {
      const location = `/session/${encodeURIComponent(request.param('name'))}/`;
      const contentType = 'text/plain; charset=utf-8';
      return { kind: 'text', status: 307, body: '', contentType, headers: { location } };
    },
  };
  return [folder, ...page.map((route) => ({ ...route, path: `${PREFIX}${route.path}` }))];
}

async function pass(
  method: ControlRoute['method'],
  request: ControlRequest,
  { watch, clock }: { readonly watch: SessionWatch; readonly clock: Clock },
): Promise<ControlReply> {
  // A session itself is asked in no other way.
  if (method !== 'GET' && method !== 'POST') return refuseUnknown('');
  const asked = parseSessionTarget(request.target);
  const session = watch.find(asked?.name ?? '');
  if (asked === null || session === undefined) return refuseUnknown(asked?.name ?? '');
  const { name: sessionName, stateDirectory } = session;
  const client = new ControlClient(stateDirectory, { sessionName, clock });
  const headers = pickHeaders(PASSED_TO_SESSION, (name) => request.header(name));
  const answer = await client.pass({ method, path: asked.target, body: request.body, headers });
  return {
    kind: 'passed',
    status: answer.statusCode ?? 502,
    headers: pickHeaders(PASSED_BACK, (name) => answer.headers[name]?.toString()),
    body: answer,
  };
}

function refuseUnknown(name: string): ControlReply {
  const message = `there is no session named ${JSON.stringify(name.slice(0, 64))} here`;
  return { kind: 'json', status: 404, body: { error: { code: 'ERR_CONTROL_REQUEST', message } } };
}

function pickHeaders(
  names: readonly string[],
  read: (name: string) => string | undefined,
): Record<string, string> {
  const picked = names.map((name) => [name, read(name)] as const);
  return Object.fromEntries(
    picked.filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
