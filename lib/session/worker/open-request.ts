import type { OpenRequest } from '../contract.ts';

const METHOD_LENGTH = 20;
const PATH_LENGTH = 200;

export interface RequestFacts {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly ageMs: number;
}

/** A request as a drain reports it: without the query, which may hold secrets, and never long. */
export function createOpenRequest({ method = '', url = '', ageMs }: RequestFacts): OpenRequest {
  const [path = ''] = url.split(/[?#]/, 1);
  return {
    method: printable(method, METHOD_LENGTH),
    path: printable(path, PATH_LENGTH),
    ageMs: Math.max(0, Math.round(ageMs)),
  };
}

/** It comes from a client and goes into a log. */
function printable(text: string, length: number): string {
  const whole = text.replace(/[^\x21-\x7e]/g, '?');
  return whole.length <= length ? whole : `${whole.slice(0, length)}…`;
}
