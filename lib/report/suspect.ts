import type { CrashReport, Suspect } from './crash-report.ts';
import { routeOf } from './route.ts';

/** What of a death tells whom to suspect. */
export type DeathTraces = Pick<CrashReport, 'phase' | 'requestsInFlight'>;

export interface SuspectContext {
  /** A path that is asked for all the time, and never suspected; null when there is none. */
  readonly healthRoute: string | null;
}

/** So many of the last deaths are looked at. */
export const DEATHS_COMPARED = 5;
const FEWEST_HITS = 2;
const READS = /^(?:GET|HEAD|OPTIONS) /;

/**
 * The route that was in flight in most of the last deaths, the newest one included.
 *
 * Of several such routes the one is named whose handler was running in most of them; else the one that
 * was in flight in most; else the one with the fewest requests, for a busy route is in flight whatever
 * happens; else the only one that does more than read. When that does not tell them apart, none is named.
 *
 * @param deaths - the newest last
 */
export function findSuspect(
  deaths: readonly DeathTraces[],
  { healthRoute }: SuspectContext,
): Suspect | null {
  const compared = deaths.filter(couldHaveRequests).slice(-DEATHS_COMPARED);
  const newest = compared.at(-1);
  if (newest === undefined || newest !== deaths.at(-1)) return null;
  const tallies = tallyRoutes(compared, healthRoute);
  const of = compared.length;
  const [first, second] = routesOf(newest)
    .flatMap((route) => tallies.get(route) ?? [])
    .filter(({ hits }) => isMost(hits, of))
    .sort((one, other) => compare(one, other, of));
  if (first === undefined) return null;
  if (second !== undefined && compare(first, second, of) === 0) return null;
  return { route: first.route, hits: first.hits, of };
}

interface RouteTally {
  readonly route: string;
  /** Deaths in which it was in flight. */
  readonly hits: number;
  /** Deaths in which its handler was running. */
  readonly runs: number;
  readonly requests: number;
}

/** A process that dies before it listens says nothing of any request. */
function couldHaveRequests({ phase, requestsInFlight }: DeathTraces): boolean {
  return phase !== 'starting' || requestsInFlight.length > 0;
}

function tallyRoutes(
  deaths: readonly DeathTraces[],
  healthRoute: string | null,
): Map<string, RouteTally> {
  const tallies = new Map<string, RouteTally>();
  for (const death of deaths) {
    const requests = death.requestsInFlight.filter(({ path }) => path !== healthRoute);
    for (const route of new Set(requests.map(routeOf))) {
      const own = requests.filter((request) => routeOf(request) === route);
      const known = tallies.get(route) ?? { route, hits: 0, runs: 0, requests: 0 };
      const ran = own.some(({ running }) => running === true) ? 1 : 0;
      tallies.set(route, {
        route,
        hits: known.hits + 1,
        runs: known.runs + ran,
        requests: known.requests + own.length,
      });
    }
  }
  return tallies;
}

function routesOf({ requestsInFlight }: DeathTraces): string[] {
  return [...new Set(requestsInFlight.map(routeOf))];
}

function isMost(count: number, of: number): boolean {
  return count >= FEWEST_HITS && count * 2 > of;
}

function compare(one: RouteTally, other: RouteTally, of: number): number {
  const runsOf = ({ runs }: RouteTally): number => (isMost(runs, of) ? runs : 0);
  const writes = ({ route }: RouteTally): number => (READS.test(route) ? 0 : 1);
  return (
    runsOf(other) - runsOf(one) ||
    other.hits - one.hits ||
    one.requests - other.requests ||
    writes(other) - writes(one)
  );
}
