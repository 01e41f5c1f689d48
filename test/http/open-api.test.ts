import type { ControlRoute } from '../../lib/http/control-route.ts';
import { createControlRoutes } from '../../lib/http/control-routes.ts';
import { ROUTE_ABOUTS } from '../../lib/http/route-abouts.ts';
import { FakePort } from './fake-port.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly security: readonly Record<string, readonly string[]>[];
  readonly parameters?: readonly { name: string; in: string; required: boolean; schema: object }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Record<string, { readonly description: string; readonly content: Content }>;
}
type Content = Record<string, { readonly schema: Record<string, unknown> }>;
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: Record<string, Record<string, unknown>>;
}

const PAGE: ControlRoute = {
  method: 'GET',
  path: '/page',
  access: 'open',
  handle: () => ({ kind: 'text', body: '', contentType: 'text/html' }),
};
const METRICS: ControlRoute = {
  ...PAGE,
  path: '/metrics',
  access: 'read',
  about: { summary: 'Metrics.', answers: { 200: { description: 'them', content: {} } } },
};

const routes = createControlRoutes(Object.assign(new FakePort(), { takeOver: {} as never }), [
  PAGE,
  METRICS,
]);

async function readDocument(): Promise<Document> {
  const route = routes.find(({ path }) => path === '/openapi.json');
  const none = (): undefined => undefined;
  const gone = new AbortController().signal;
  const request = { query: none, param: () => '', header: none, target: '/', gone, body: {} };
  const reply = await route?.handle(request);
  if (reply?.kind !== 'json') throw new Error('there is no document');
  return JSON.parse(JSON.stringify(reply.body)) as Document;
}

async function listOperations(): Promise<[string, string, Operation][]> {
  const { paths } = await readDocument();
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      method,
      path,
      operation,
    ]),
  );
}

describe('the OpenAPI document', () => {
  it('has every route that is part of the API, and no other', async () => {
    const described = (await listOperations()).map(([method, path]) => `${method} ${path}`);
    const expected = routes
      .filter(({ about }) => about !== undefined)
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(':id', '{id}')}`);
    expect(described.sort()).toEqual(expected.sort());
    expect(expected).toHaveLength(Object.keys(ROUTE_ABOUTS).length + 1);
  });

  it('is one of OpenAPI 3.1, with all that the specification asks for', async () => {
    const { openapi, info, components } = await readDocument();
    expect([openapi, info.title, info.version]).toEqual([
      '3.1.0',
      expect.stringMatching(/\w/),
      expect.stringMatching(/^\d+\.\d+\.\d+/),
    ]);
    expect(components).toMatchObject({
      securitySchemes: { sessionKey: { type: 'http', scheme: 'bearer' } },
    });
  });

  it('gives each route a name of its own, its words, and answers with a meaning and a content', async () => {
    const operations = await listOperations();
    const names = operations.map(([, , { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
    const { components } = await readDocument();
    for (const [method, path, operation] of operations) {
      expect([method, path]).toEqual([
        expect.stringMatching(/^(get|post)$/),
        expect.stringMatching(/^\//),
      ]);
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.summary).toMatch(/^[A-Z].*\.$/);
      expect(Object.keys(operation.responses)).toContain('200');
      for (const [status, { description, content }] of Object.entries(operation.responses)) {
        expect([status, description]).toEqual([
          expect.stringMatching(/^[1-5]\d\d$/),
          expect.stringMatching(/\w/),
        ]);
        for (const { schema } of Object.values(content)) checkSchema(schema, components);
      }
      for (const { schema } of Object.values(operation.requestBody?.content ?? {}))
        checkSchema(schema, components);
    }
  });

  it('names the parts of each path as its parameters, all of them required', async () => {
    for (const [, path, { parameters = [] }] of await listOperations()) {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const ofPath = parameters.filter((parameter) => parameter.in === 'path');
      expect(ofPath.map(({ name }) => name)).toEqual(parts);
      expect(ofPath.every(({ required }) => required)).toBe(true);
      for (const parameter of parameters)
        expect([
          typeof parameter.schema,
          ['path', 'query', 'header'].includes(parameter.in),
        ]).toEqual(['object', true]);
    }
  });

  it('asks for the key where the route does, and says who gets no further than the socket', async () => {
    const { paths } = await readDocument();
    expect(paths['/healthz']?.['get']?.security).toEqual([]);
    expect(paths['/status']?.['get']?.security).toEqual([{ sessionKey: [] }, {}]);
    expect(paths['/restart']?.['post']?.security).toEqual([{ sessionKey: [] }]);
    expect(paths['/command']?.['post']?.description).toContain('unix socket alone');
    expect(paths['/crashes/{id}']?.['get']?.responses).toMatchObject({ 401: {}, 404: {}, 421: {} });
  });
});

function checkSchema(schema: Record<string, unknown>, components: Document['components']): void {
  const reference = schema['$ref'];
  if (reference === undefined) expect(typeof schema).toBe('object');
  else {
    const [, kind = '', name = ''] =
      /^#\/components\/(\w+)\/(\w+)$/.exec(JSON.stringify(reference).slice(1, -1)) ?? [];
    expect(components[kind]?.[name]).toMatchObject({ type: 'object' });
  }
}
