import { VERSION } from '../version.ts';
import type { ControlRoute, RouteAccess } from './control-route.ts';
import type { AnswerAbout, JsonSchema, RouteAbout } from './route-about.ts';

/** The OpenAPI 3.1 document of those routes that are part of the API. @lazy */
export function createOpenApi(routes: readonly ControlRoute[]): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    if (route.about === undefined) continue;
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = describeRoute(route, route.about);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Vigil control API',
      version: VERSION,
      description: 'One session: its state, its events, and what it can be told to do.',
    },
    paths,
    components: {
      securitySchemes: {
        sessionKey: { type: 'http', scheme: 'bearer', description: 'The key of the session.' },
      },
      schemas: { Error: ERROR_SCHEMA },
    },
  };
}

const ERROR_SCHEMA = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        code: { type: 'string', description: 'to branch on' },
        message: { type: 'string' },
      },
      required: ['code', 'message'],
    },
  },
  required: ['error'],
};

const BY_ACCESS: Readonly<Record<RouteAccess, string>> = {
  open: 'Open to everybody who reaches the port.',
  read: 'Open without the key where `control.http.readOnly` is set.',
  act: 'The session key is always needed over TCP.',
};

function describeRoute(route: ControlRoute, about: RouteAbout): unknown {
  const { method, path, access, isSocketOnly } = route;
  const where = isSocketOnly === true ? 'Answered on the unix socket alone.' : BY_ACCESS[access];
  return {
    operationId: `${method.toLowerCase()}${path.replace(/\W+(\w)/g, (_all, letter: string) => letter.toUpperCase())}`,
    summary: about.summary,
    description: [about.details, where].filter((part) => part !== undefined).join(' '),
    ...(access === 'open' ? { security: [] } : { security: describeSecurity(access) }),
    ...(about.parameters === undefined ? {} : { parameters: describeParameters(about.parameters) }),
    ...(about.body === undefined ? {} : { requestBody: describeBody(about.body) }),
    responses: describeResponses(route, about),
  };
}

function describeSecurity(access: RouteAccess): unknown[] {
  return access === 'read' ? [{ sessionKey: [] }, {}] : [{ sessionKey: [] }];
}

function describeParameters(parameters: NonNullable<RouteAbout['parameters']>): unknown[] {
  return Object.entries(parameters).map(([name, { in: place, description, schema }]) => ({
    name,
    in: place,
    description,
    required: place === 'path',
    schema,
  }));
}

function describeBody(body: NonNullable<RouteAbout['body']>): unknown {
  const fields = Object.entries(body);
  const required = fields.filter(([, field]) => field.isRequired === true).map(([name]) => name);
  const properties = Object.fromEntries(
    fields.map(([name, { description, schema }]) => [name, { ...schema, description }]),
  );
  const schema = { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
  return { required: required.length > 0, content: { 'application/json': { schema } } };
}

function describeResponses(route: ControlRoute, about: RouteAbout): Record<string, unknown> {
  const refusals = { ...commonRefusals(route, about), ...about.refusals };
  return {
    ...Object.fromEntries(
      Object.entries(about.answers).map(([status, answer]) => [status, describeAnswer(answer)]),
    ),
    ...Object.fromEntries(
      Object.entries(refusals).map(([status, description]) => [
        status,
        {
          description,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      ]),
    ),
  };
}

function commonRefusals(
  { access, isSocketOnly }: ControlRoute,
  { parameters, body }: RouteAbout,
): Record<number, string> {
  const takesInput = parameters !== undefined || body !== undefined;
  return {
    ...(takesInput ? { 400: 'what was asked for makes no sense' } : {}),
    ...(isSocketOnly === true ? {} : { 421: 'the Host header names another machine' }),
    ...(isSocketOnly === true || access === 'open'
      ? {}
      : { 401: 'the session key is missing or wrong', 429: 'too many wrong keys came before' }),
    ...(isSocketOnly !== true && access === 'act' ? { 403: 'a page of another site sent it' } : {}),
    ...(body === undefined ? {} : { 413: 'the body is larger than 1 MiB' }),
  };
}

function describeAnswer({ description, content }: AnswerAbout): unknown {
  const describeContent = (schema: JsonSchema | null): unknown => ({
    schema: schema ?? { type: 'string' },
  });
  return {
    description,
    content: Object.fromEntries(
      Object.entries(content).map(([type, schema]) => [type, describeContent(schema)]),
    ),
  };
}
