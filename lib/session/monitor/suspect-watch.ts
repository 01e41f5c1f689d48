import type { CrashReport } from '../../report/crash-report.ts';
import type { CrashStore } from '../../report/crash-store.ts';
import { DEATHS_COMPARED, type DeathTraces, findSuspect } from '../../report/suspect.ts';
import type { ResolvedSessionOptions } from '../options.ts';

/** Compares each death with those before it, also with those of an earlier monitor. */
export class SuspectWatch {
  readonly #options: () => ResolvedSessionOptions;
  readonly #store: CrashStore;
  #deaths: DeathTraces[] | null = null;

  constructor(options: () => ResolvedSessionOptions, store: CrashStore) {
    this.#options = options;
    this.#store = store;
  }

  /** The report with its suspect, if there is one. */
  async judge(report: CrashReport): Promise<CrashReport> {
    // That end was Vigil's own decision.
    if (report.cause === 'memory-limit') return report;
    this.#deaths ??= await this.#readDeaths().catch(() => []);
    const { phase, requestsInFlight } = report;
    this.#deaths = [...this.#deaths, { phase, requestsInFlight }].slice(-DEATHS_COMPARED);
    const { polling } = this.#options();
    // A server has something else at its root than its health.
    const healthRoute = polling === false || polling.route === '/' ? null : polling.route;
    return { ...report, suspect: findSuspect(this.#deaths, { healthRoute }) };
  }

  async #readDeaths(): Promise<DeathTraces[]> {
    const { reports } = await this.#store.list();
    const newest = reports
      .filter(({ cause }) => cause !== 'memory-limit')
      .slice(0, DEATHS_COMPARED)
      .reverse();
    return Promise.all(newest.map(({ id }) => this.#store.show(id)));
  }
}
