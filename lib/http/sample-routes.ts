import { VigilError } from '../errors.ts';
import type { ControlRoute } from './control-route.ts';
import type { RouteAbout } from './route-about.ts';
import type { SampleSource } from './sample-series.ts';

const FIGURES = { type: 'array', items: { type: ['number', 'null'] } };
const TIME = { type: 'number', description: 'milliseconds since 1970' };

const ABOUT: RouteAbout = {
  summary: 'How loop lag, latency and memory of the server have gone, with what happened to it.',
  details:
    'Columns of equal length: one row a heartbeat for the last 15 minutes, one a minute for the 24 hours before. ' +
    'A row with nothing but nulls stands for a death. Asked again with the `at` of the last row, it gives that row anew, ' +
    'and the marks that were set or changed since.',
  parameters: {
    since: { in: 'query', description: 'only what came then or later; default 0', schema: TIME },
  },
  answers: {
    200: {
      description: 'rows and marks, oldest first',
      content: {
        'application/json': {
          type: 'object',
          properties: {
            since: TIME,
            until: TIME,
            columns: {
              type: 'object',
              properties: {
                at: { type: 'array', items: TIME },
                loopLagMs: FIGURES,
                latencyMs: FIGURES,
                rssBytes: FIGURES,
                heapUsedBytes: FIGURES,
              },
            },
            marks: { type: 'array', items: { type: 'object' } },
          },
        },
      },
    },
  },
};

/** The course of a session's figures: `GET /samples?since=MILLISECONDS`. */
export function createSampleRoutes(source: SampleSource): ControlRoute[] {
  return [
    {
      method: 'GET',
      path: '/samples',
      access: 'read',
      about: ABOUT,
      handle: (request) => ({ kind: 'json', body: source.read(takeTime(request.query('since'))) }),
    },
  ];
}

function takeTime(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^\d{1,15}(\.\d{1,6})?$/.test(text)) return Number(text);
  throw new VigilError(
    'ERR_CONTROL_REQUEST',
    `since is a time in milliseconds since 1970, not ${JSON.stringify(text.slice(0, 64))}`,
  );
}
