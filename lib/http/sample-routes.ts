import { VigilError } from '../errors.ts';
import type { ControlRoute } from './control-route.ts';
import type { SampleSource } from './sample-series.ts';

/** The course of a session's figures: `GET /samples?since=MILLISECONDS`. */
export function createSampleRoutes(source: SampleSource): ControlRoute[] {
  return [
    {
      method: 'GET',
      path: '/samples',
      access: 'read',
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
