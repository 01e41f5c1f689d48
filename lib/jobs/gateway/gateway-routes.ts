import type { ControlReply, ControlRequest, ControlRoute } from '../../http/control-route.ts';
import type { DeadLetters } from '../broker.ts';
import type { JobHistory } from './job-history.ts';
import type { JobsOverview } from './jobs-overview.ts';

export interface GatewayRoutesPort {
  readonly isClosing: () => boolean;
  readonly brokerState: () => string;
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>;
  /** @param id - of a client, or `clientId/id` */
  readonly find: (id: string) => readonly JobHistory[];
  readonly latest: (count: number) => readonly JobHistory[];
  readonly dead: DeadLetters;
  /** What the page shows. */
  readonly overview: () => Promise<JobsOverview>;
  /** The client for browsers. */
  readonly clientScript: () => string | null;
}

const MOST_JOBS = 1000;

/** What a gateway can be asked over HTTP. */
export function createGatewayRoutes(port: GatewayRoutesPort): ControlRoute[] {
  return [
    route('/healthz', 'open', () => json({ status: 'ok' })),
    route('/readyz', 'open', () => answerReady(port)),
    route('/metrics', 'read', async () => {
      const { text, contentType } = await port.metrics();
      return { kind: 'text', body: text, contentType };
    }),
    route('/api/overview', 'read', async () => json(await port.overview())),
    route('/api/jobs', 'read', (request) => {
      const asked = Number(request.query('limit') ?? 100);
      const limit = Number.isInteger(asked) && asked > 0 ? Math.min(asked, MOST_JOBS) : 100;
      return json({ jobs: port.latest(limit).map(withoutTimeline) });
    }),
    route('/api/jobs/explain', 'read', (request) => explain(port, request)),
    route('/api/dead', 'read', (request) => answerDead(port, request)),
    { method: 'POST', path: '/api/dead/replay', access: 'act', handle: (r) => replay(port, r) },
    route('/client.js', 'open', () => answerScript(port)),
  ];
}

function answerReady({ isClosing, brokerState }: GatewayRoutesPort): ControlReply {
  const broker = brokerState();
  if (isClosing()) return json({ status: 'ending', broker }, 503);
  return broker === 'up'
    ? json({ status: 'ready', broker })
    : json({ status: 'broker_unavailable', broker }, 503);
}

function explain(port: GatewayRoutesPort, request: ControlRequest): ControlReply {
  const id = request.query('id') ?? '';
  const [found, ...others] = port.find(id);
  if (found === undefined) return refuse(404, `this gateway knows no job ${JSON.stringify(id)}`);
  if (others.length === 0) return json(found);
  const candidates = [found, ...others].map((job) => `${job.clientId}/${job.id}`);
  return refuse(409, 'jobs of several clients have this id', { candidates });
}

async function answerDead(
  { dead }: GatewayRoutesPort,
  request: ControlRequest,
): Promise<ControlReply> {
  const id = request.query('id');
  if (id === undefined) return json({ letters: await dead.list({ limit: MOST_JOBS }) });
  const letter = await dead.find(id);
  return letter === undefined
    ? refuse(404, `no dead letter is of ${JSON.stringify(id)}`)
    : json(letter);
}

async function replay(
  { dead }: GatewayRoutesPort,
  { body }: ControlRequest,
): Promise<ControlReply> {
  const { id } = body;
  if (typeof id !== 'string') return refuse(400, '"id" must be that of a job, clientId/id');
  if (await dead.replay(id)) return json({ id });
  return refuse(404, `no dead letter is of ${JSON.stringify(id)}`);
}

function answerScript({ clientScript }: GatewayRoutesPort): ControlReply {
  const body = clientScript();
  if (body === null) return refuse(404, 'this build has no client for browsers');
  return {
    kind: 'text',
    body,
    contentType: 'text/javascript; charset=utf-8',
    headers: { 'cache-control': 'no-cache', 'cross-origin-resource-policy': 'cross-origin' },
  };
}

function withoutTimeline({ id, clientId, name, state, attempts }: JobHistory): object {
  return { id, clientId, name, state, attempts };
}

function refuse(status: number, message: string, facts: object = {}): ControlReply {
  return json({ error: { code: 'ERR_CONTROL_REQUEST', message }, ...facts }, status);
}

function json(body: unknown, status = 200): ControlReply {
  return { kind: 'json', body, status };
}

function route(
  path: string,
  access: ControlRoute['access'],
  handle: ControlRoute['handle'],
): ControlRoute {
  return { method: 'GET', path, access, handle };
}
