import type { CrashReport } from '../../report/crash-report.ts';
import type { CrashStore } from '../../report/crash-store.ts';
import { routeOf } from '../../report/route.ts';
import { DEATHS_COMPARED, type DeathTraces, findSuspect } from '../../report/suspect.ts';
import type { ResolvedSessionOptions } from '../options.ts';

type KnownDeath = DeathTraces & Pick<CrashReport, 'at'>;

/** Compares each death with those before it, also with those of an earlier monitor. */
export class SuspectWatch {
  readonly #options: () => ResolvedSessionOptions;
  readonly #store: CrashStore;
  #deaths: KnownDeath[] | null = null;

  constructor(options: () => ResolvedSessionOptions, store: CrashStore) {
    this.#options = options;
    this.#store = store;
  }

  /** The report with its suspect, if there is one. */
  async judge(report: CrashReport): Promise<CrashReport> {
    // That end was Vigil's own decision.
    if (report.cause === 'memory-limit') return report;
    this.#deaths ??= await this.#readDeaths().catch(() => []);
    const { at, phase, requestsInFlight } = report;
    this.#deaths = [...this.#deaths, { at, phase, requestsInFlight }].slice(-DEATHS_COMPARED);
    const { polling } = this.#options();
    // A server has something else at its root than its health.
    const healthRoute = polling === false || polling.route === '/' ? null : polling.route;
    return { ...report, suspect: findSuspect(this.#deaths, { healthRoute }) };
  }

  /** Whether the route was in flight in two deaths within the time, the newest one included. */
  isSeenTwice(route: string, withinMs: number): boolean {
    const deaths = this.#deaths ?? [];
    const newest = Date.parse(deaths.at(-1)?.at ?? '');
    const seen = deaths.filter(
      ({ at, requestsInFlight }) =>
        newest - Date.parse(at) <= withinMs &&
        requestsInFlight.some((request) => routeOf(request) === route),
    );
    return seen.length >= 2;
  }

  async #readDeaths(): Promise<KnownDeath[]> {
    const { reports } = await this.#store.list();
    const newest = reports
      .filter(({ cause }) => cause !== 'memory-limit')
      .slice(0, DEATHS_COMPARED)
      .reverse();
    return Promise.all(newest.map(({ id }) => this.#store.show(id)));
  }
}
