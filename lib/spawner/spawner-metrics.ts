import type { MetricFamily } from '../http/metrics-text.ts';
import type { EventStream } from '../util/event-stream.ts';
import type { SpawnEvent } from './spawn-event.ts';
import type { SpawnKeeper } from './spawn-keeper.ts';
import { countStates } from './spawner-status.ts';

/** Counts what happens, and writes it down for Prometheus. */
export class SpawnerMetrics {
  readonly #keeper: SpawnKeeper;
  readonly #ends = new Map<string, number>();
  readonly #refused = new Map<number, number>();
  #launched = 0;

  constructor(keeper: SpawnKeeper, events: EventStream<SpawnEvent>) {
    this.#keeper = keeper;
    events.subscribe((event) => {
      if (event.type === 'spawn.launching' && !event.adopted) this.#launched += 1;
      if (event.type === 'spawn.refused')
        this.#refused.set(event.status, (this.#refused.get(event.status) ?? 0) + 1);
      if (event.type === 'spawn.dead' && event.end !== undefined) {
        const { cause } = event.end;
        this.#ends.set(cause, (this.#ends.get(cause) ?? 0) + 1);
      }
    });
  }

  format(): Promise<{ readonly text: string; readonly contentType: string }> {
    const { pool, queue } = this.#keeper;
    const gauge = (name: string, help: string, value: number): MetricFamily => ({
      name,
      kind: 'gauge',
      help,
      samples: [{ value }],
    });
    const { formatMetrics } =
      require('../http/metrics-text') as typeof import('../http/metrics-text.ts');
    return formatMetrics([
      {
        name: 'vigil_spawns',
        kind: 'gauge',
        help: 'Servers by state.',
        samples: Object.entries(countStates(this.#keeper)).map(([state, value]) => ({
          labels: { state },
          value,
        })),
      },
      gauge('vigil_spawn_ports_used', 'Ports that servers have.', pool.takenCount),
      gauge('vigil_spawn_ports_available', 'Ports that are free.', pool.freeCount),
      gauge('vigil_spawn_queue_length', 'Requests that wait for a port.', queue.length),
      {
        name: 'vigil_spawns_launched_total',
        kind: 'counter',
        help: 'Servers started.',
        samples: [{ value: this.#launched }],
      },
      {
        name: 'vigil_spawns_ended_total',
        kind: 'counter',
        help: 'Servers ended, by cause.',
        samples: [...this.#ends].map(([cause, value]) => ({ labels: { cause }, value })),
      },
      {
        name: 'vigil_spawn_requests_refused_total',
        kind: 'counter',
        help: 'Requests that got no server, by the status of the answer.',
        samples: [...this.#refused].map(([status, value]) => ({
          labels: { status: String(status) },
          value,
        })),
      },
    ]);
  }
}
