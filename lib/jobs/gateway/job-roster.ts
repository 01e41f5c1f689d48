import { type GatewayJob, hasEnded } from './gateway-job.ts';

/** Letters that come after all was said of a job must not begin it anew. */
const REMEMBERED = 10_000;

/** The jobs of a gateway, by the client's id and by what their letters carry. */
export class JobRoster {
  readonly #byCorrelation = new Map<string, GatewayJob>();
  readonly #byClient = new Map<string, Map<string, GatewayJob>>();
  #over = new Set<string>();
  #overBefore = new Set<string>();

  get size(): number {
    return this.#byCorrelation.size;
  }

  add(job: GatewayJob): void {
    this.#byCorrelation.set(job.correlationId, job);
    const jobs = this.#byClient.get(job.clientId) ?? new Map<string, GatewayJob>();
    this.#byClient.set(job.clientId, jobs.set(job.id, job));
  }

  remove(job: GatewayJob): void {
    this.#byCorrelation.delete(job.correlationId);
    const jobs = this.#byClient.get(job.clientId);
    if (jobs?.get(job.id) === job) jobs.delete(job.id);
    if (jobs?.size === 0) this.#byClient.delete(job.clientId);
    if (!job.isMoved) this.#remember(job.correlationId);
  }

  find(correlationId: string): GatewayJob | undefined {
    return this.#byCorrelation.get(correlationId);
  }

  findOf(clientId: string, id: string): GatewayJob | undefined {
    return this.#byClient.get(clientId)?.get(id);
  }

  /** The jobs of one client, ended ones whose end was not acknowledged included. */
  ofClient(clientId: string): readonly GatewayJob[] {
    return [...(this.#byClient.get(clientId)?.values() ?? [])];
  }

  /** Whether a job of this was here, and all has been said of it. */
  isOver(correlationId: string): boolean {
    return this.#over.has(correlationId) || this.#overBefore.has(correlationId);
  }

  *[Symbol.iterator](): Generator<GatewayJob> {
    yield* this.#byCorrelation.values();
  }

  countOpen(): number {
    let open = 0;
    for (const job of this) open += Number(!hasEnded(job));
    return open;
  }

  // In two generations: to take the oldest out of a set one by one costs more than the jobs themselves.
  #remember(correlationId: string): void {
    this.#over.add(correlationId);
    if (this.#over.size < REMEMBERED) return;
    this.#overBefore = this.#over;
    this.#over = new Set();
  }
}
