import type { Clock } from '../../util/clock.ts';
import type { Broker, DeadLetter, QueueCounts } from '../broker.ts';
import { hasEnded } from './gateway-job.ts';
import type { GatewayFigures } from './gateway-metrics.ts';
import type { JobHistories } from './job-history.ts';
import type { JobRoster } from './job-roster.ts';
import type { JobsOverview, PoolView, SeenDeadLetter, SeenQueue } from './jobs-overview.ts';

export interface JobsWatchParts {
  readonly clock: Clock;
  readonly broker: Pick<Broker, 'state' | 'counts' | 'dead'>;
  readonly jobs: JobRoster;
  readonly histories: JobHistories;
  readonly figures: () => GatewayFigures;
  /** Null: the workers are elsewhere. */
  readonly pool: (() => PoolView) | null;
}

/** However many look on, it is looked no more often than this. */
const FRESH_MS = 1000;
/** To look at dead letters is much work for some brokers. */
const DEAD_FRESH_MS = 10_000;
const MOST_DEAD = 1000;
const MOST_SHOWN = 10;
const MOST_QUEUES = 100;
const LATELY = 1000;

/** Puts together what the page of a gateway shows, when somebody looks. */
export class JobsWatch {
  readonly #parts: JobsWatchParts;
  #look: { readonly at: number; readonly overview: Promise<JobsOverview> } | null = null;
  #dead: { readonly at: number; readonly letters: readonly DeadLetter[] | null } | null = null;

  constructor(parts: JobsWatchParts) {
    this.#parts = parts;
  }

  read(): Promise<JobsOverview> {
    const now = this.#parts.clock.now();
    if (this.#look === null || now - this.#look.at >= FRESH_MS)
      this.#look = { at: now, overview: this.#read() };
    return this.#look.overview;
  }

  async #read(): Promise<JobsOverview> {
    const { clock, broker, figures } = this.#parts;
    const letters = await this.#readDead();
    const pool = this.#parts.pool?.() ?? null;
    const { clients, sessions, open, kept, accepted, ended, refused } = figures();
    return {
      at: clock.wallTime(),
      broker: broker.state,
      figures: {
        ...{ clients, sessions, open, kept, accepted },
        ended: sum(ended.values()),
        refused: sum(refused.values()),
      },
      queues: await this.#readQueues(letters ?? [], pool?.names ?? []),
      workers: pool?.workers ?? null,
      clients: this.#listClients(),
      dead: describeDead(letters),
    };
  }

  async #readDead(): Promise<readonly DeadLetter[] | null> {
    const { clock, broker } = this.#parts;
    const now = clock.now();
    if (this.#dead === null || now - this.#dead.at >= DEAD_FRESH_MS) {
      const letters =
        broker.state === 'up'
          ? await broker.dead.list({ limit: MOST_DEAD, mayBeOld: true }).catch(() => null)
          : null;
      this.#dead = { at: letters === null ? -Infinity : now, letters };
    }
    return this.#dead.letters;
  }

  async #readQueues(dead: readonly DeadLetter[], served: readonly string[]): Promise<SeenQueue[]> {
    const { broker, jobs, histories } = this.#parts;
    const running = tally(
      [...jobs].filter(({ state }) => state === 'running'),
      (job) => job.name,
    );
    const deadOf = tally(dead, ({ job }) => job.name);
    const lately = histories.latest(LATELY).map(({ name }) => name);
    const names = [...new Set([...served, ...running.keys(), ...lately, ...deadOf.keys()])]
      .slice(0, MOST_QUEUES)
      .sort();
    const none: readonly QueueCounts[] = [];
    const counts = broker.state === 'up' ? await broker.counts(names).catch(() => none) : none;
    const byName = new Map(counts.map((count) => [count.name, count]));
    return names.map((name) => ({
      name,
      ready: byName.get(name)?.ready ?? null,
      running: running.get(name) ?? 0,
      consumers: byName.get(name)?.consumers ?? null,
      dead: deadOf.get(name) ?? 0,
    }));
  }

  #listClients(): JobsOverview['clients'] {
    const open = [...this.#parts.jobs].filter((job) => !hasEnded(job));
    return [...tally(open, ({ clientId }) => clientId)]
      .sort(([, one], [, other]) => other - one)
      .slice(0, MOST_SHOWN)
      .map(([client, count]) => ({ client, open: count }));
  }
}

function describeDead(letters: readonly DeadLetter[] | null): JobsOverview['dead'] {
  const newest = (letters ?? []).toSorted((one, other) => other.diedAt - one.diedAt);
  return {
    count: letters?.length ?? null,
    isMore: newest.length === MOST_DEAD,
    last: newest.slice(0, MOST_SHOWN).map(show),
  };
}

function show({ job, reason, attempts, diedAt }: DeadLetter): SeenDeadLetter {
  const { code, message } = reason;
  return { id: job.id, name: job.name, code, message, attempts, diedAt };
}

function tally<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
