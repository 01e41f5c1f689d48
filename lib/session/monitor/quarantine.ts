import type { CrashReport, Quarantined } from '../../report/crash-report.ts';
import type { Clock } from '../../util/clock.ts';
import { type QuarantinedRoute, quarantineMessage } from '../contract.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import type { ServerInstance } from './server-instance.ts';
import type { EventSource, SessionJournal } from './session-journal.ts';

export interface QuarantineOptions {
  readonly clock: Clock;
  readonly options: () => ResolvedSessionOptions;
  readonly journal: SessionJournal;
  readonly servers: () => readonly ServerInstance[];
}

/** With more routes refused there would not be much of the server left. */
const MOST_ROUTES = 10;

/** The routes that are answered 503 for a while, because the server keeps dying of them. */
export class Quarantine {
  readonly #options: QuarantineOptions;
  readonly #until = new Map<string, number>();

  constructor(options: QuarantineOptions) {
    this.#options = options;
  }

  /** Until when which route is refused, by the machine's monotonic clock. */
  get routes(): readonly QuarantinedRoute[] {
    return [...this.#until].map(([route, until]) => ({ route, until }));
  }

  /** Puts the suspect of a report into quarantine; to be called if the server has died of it more than once of late. */
  begin(report: CrashReport, source: EventSource): Quarantined | null {
    const { clock, options, journal } = this.#options;
    const route = report.suspect?.route;
    if (route === undefined || (!this.#until.has(route) && this.#until.size === MOST_ROUTES))
      return null;
    const { cooldownMs } = options().restart.breaker;
    const until = clock.now() + cooldownMs;
    this.#until.set(route, until);
    journal.tell({ type: 'quarantine.started', route, forMs: cooldownMs }, source);
    this.#tellAll();
    clock
      .setTimer(cooldownMs, () => {
        this.#end(route, until);
      })
      .unref();
    return { route, forMs: cooldownMs };
  }

  /** A process that is started meanwhile has to know as well. */
  tell(server: ServerInstance): void {
    if (this.#until.size > 0) this.#send(server);
  }

  #end(route: string, until: number): void {
    // Another death may have prolonged it.
    if (this.#until.get(route) !== until) return;
    this.#until.delete(route);
    this.#options.journal.tell({ type: 'quarantine.ended', route }, { generation: 0, pid: null });
    this.#tellAll();
  }

  #tellAll(): void {
    for (const server of this.#options.servers()) this.#send(server);
  }

  #send(server: ServerInstance): void {
    server.link.ipc.notify(quarantineMessage, { routes: this.routes });
  }
}
