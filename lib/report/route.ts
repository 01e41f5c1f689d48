import type { RequestInFlight } from './crash-report.ts';

const ID = ':id';
const MOST_SEGMENTS = 8;
// Numbers and dates · UUIDs and hexadecimal digests · tokens, which are long and mix letters with digits · addresses.
const IDS: readonly RegExp[] = [
  /^\d[\d._-]*$/,
  /^(?=.*\d)[0-9a-f-]{8,}$/i,
  /^(?=.*\d)(?=.*[a-z])[\w~.-]{16,}$/i,
  /@|%40/,
];

/** What requests have in common that differ in ids only: `GET /users/:id` for `/users/17` and `/users/18`. */
export function routeOf({ method, path }: Pick<RequestInFlight, 'method' | 'path'>): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  const folded = segments.slice(0, MOST_SEGMENTS).map(foldSegment);
  if (segments.length > MOST_SEGMENTS) folded.push('…');
  return `${method} ${path.startsWith('/') ? '/' : ''}${folded.join('/')}`;
}

function foldSegment(segment: string): string {
  return IDS.some((id) => id.test(segment)) ? ID : segment;
}
