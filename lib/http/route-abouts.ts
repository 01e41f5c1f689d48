import type { AnswerAbout, FieldAbout, ParameterAbout, RouteAbout } from './route-about.ts';

const JSON_TYPE = 'application/json';
const TEXT_TYPE = 'text/plain; charset=utf-8';

function json(description: string, schema: Record<string, unknown> = OBJECT): AnswerAbout {
  return { description, content: { [JSON_TYPE]: schema } };
}

function text(description: string): AnswerAbout {
  return { description, content: { [TEXT_TYPE]: null } };
}

const OBJECT = { type: 'object' };
const TEXT = { type: 'string' };

const ENDING = json('the end has begun', {
  type: 'object',
  properties: { ending: { const: true } },
  required: ['ending'],
});

const FORCE: FieldAbout = {
  description: 'do not wait for the requests in flight; default false',
  schema: { type: 'boolean', default: false },
};

const EVENT_COUNT: ParameterAbout = {
  in: 'query',
  description: 'how many of the last events come first; default 50',
  schema: { type: 'integer', minimum: 0, default: 50 },
};

const PID: FieldAbout = {
  description: 'the process id of the new monitor',
  schema: { type: 'integer', minimum: 1 },
  isRequired: true,
};

/** What the API's document says of each route of a session. */
export const ROUTE_ABOUTS = {
  'GET /healthz': {
    summary: 'Tells that the monitor is alive.',
    answers: { 200: text('it is') },
  },
  'GET /readyz': {
    summary: 'Tells whether the server is ready.',
    details: 'The text is the state of the session.',
    answers: { 200: text('the server process is ready or degraded') },
    refusals: { 503: 'no server process is ready' },
  },
  'GET /openapi.json': {
    summary: 'The OpenAPI document of this API.',
    answers: { 200: json('an OpenAPI 3.1 document') },
  },
  'GET /status': {
    summary: 'The state of the session, as `vigil status --json` prints it.',
    answers: { 200: json('the state') },
  },
  'GET /explain': {
    summary: 'What the next death would lead to, and why, as `vigil explain --json` prints it.',
    answers: { 200: json('the explanation') },
  },
  'GET /complete': {
    summary: 'How a line for the console could go on.',
    parameters: { line: { in: 'query', description: 'the line so far', schema: TEXT } },
    answers: {
      200: json('the candidates, and the part of the line that they complete', { type: 'array' }),
    },
  },
  'GET /events': {
    summary: 'The last events, and those to come.',
    details:
      'One JSON object a line; with `Accept: text/event-stream` server-sent events, whose ids are the `seq` of the event. ' +
      'A reader slower than the events gets `{"type":"stream.dropped"}` and is let go.',
    parameters: {
      n: EVENT_COUNT,
      follow: {
        in: 'query',
        description: '1: go on with what comes; server-sent events always do',
        schema: { enum: ['0', '1'], default: '0' },
      },
      'Last-Event-ID': {
        in: 'header',
        description: 'with server-sent events: go on after the event with this `seq`',
        schema: TEXT,
      },
    },
    answers: {
      200: {
        description: 'the events, oldest first',
        content: { 'application/x-ndjson': null, 'text/event-stream': null },
      },
    },
    refusals: { 503: 'as many clients follow events as are allowed' },
  },
  'GET /crashes': {
    summary:
      'The crash reports that are kept, newest first, as `vigil crashes --json` prints them.',
    answers: { 200: json('id, at, cause, fingerprint and occurrences of each', { type: 'array' }) },
  },
  'GET /crashes/:id': {
    summary: 'One crash report, as `vigil crashes show ID --json` prints it.',
    parameters: {
      id: { in: 'path', description: 'its id, or the beginning of it', schema: TEXT },
    },
    answers: { 200: json('the report') },
    refusals: { 404: 'no report, or more than one, begins so' },
  },
  'POST /crashes/clear': {
    summary: 'Removes every crash report.',
    answers: { 200: json('how many there were') },
  },
  'POST /command': {
    summary: 'Runs one line of the console.',
    body: { line: { description: 'the line', schema: TEXT, isRequired: true } },
    answers: { 200: json('what it printed, or its error') },
  },
  'POST /restart': {
    summary: 'Replaces the server process, and answers once the new one is ready.',
    body: { force: { ...FORCE, description: 'kill it instead of draining it; default false' } },
    answers: { 200: json('the generation of the new process') },
    refusals: { 409: 'the session ends', 500: 'the new process died before it was ready' },
  },
  'POST /stop': {
    summary: 'Ends the session.',
    body: { force: FORCE },
    answers: { 200: ENDING },
  },
  'POST /reload': {
    summary: 'Starts a successor of the server process, and switches over once it is ready.',
    answers: {
      200: json('`ok`, and when it is false the `reason` and where there is one its `code`'),
    },
  },
  'POST /kill': {
    summary: 'Ends the session at once; the server process is killed.',
    answers: { 200: ENDING },
  },
  'POST /set': {
    summary: 'Changes one key of the configuration until the session ends.',
    body: {
      path: {
        description: 'the key, such as `polling.intervalSeconds`',
        schema: TEXT,
        isRequired: true,
      },
      value: { description: 'its new value', schema: {} },
    },
    answers: { 200: json('what was set') },
  },
  'POST /test-alert': {
    summary: 'Sends a test by mail and webhook.',
    answers: { 200: json('what became of it') },
    refusals: { 500: 'it was not taken, or nothing is configured' },
  },
  'POST /take-over': {
    summary: 'Offers the listening sockets to a new monitor.',
    body: { pid: PID },
    answers: { 200: json('where they are to be had') },
    refusals: { 409: 'the session cannot be handed over' },
  },
  'POST /take-over/conclude': {
    summary: 'Says that the new monitor serves: this one ends.',
    body: {
      pid: PID,
      queries: { description: 'the sockets in use', schema: { type: 'array' }, isRequired: true },
    },
    answers: { 200: ENDING },
    refusals: { 409: 'the session cannot be handed over' },
  },
} as const satisfies Readonly<Record<string, RouteAbout>>;

export type KnownRoute = keyof typeof ROUTE_ABOUTS;
