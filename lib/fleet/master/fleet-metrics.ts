import type { MetricFamily } from '../../http/metrics-text.ts';
import type { EventStream } from '../../util/event-stream.ts';
import type { FleetEvent } from './fleet-event.ts';
import { serverTable } from './server-machine.ts';
import type { ServerKeeper } from './server-keeper.ts';

/** Counts what happens in a fleet. */
export class FleetMetrics {
  readonly #keeper: ServerKeeper;
  readonly #ends = new Map<string, number>();
  #started = 0;
  #adopted = 0;

  constructor(keeper: ServerKeeper, events: EventStream<FleetEvent>) {
    this.#keeper = keeper;
    events.subscribe((event) => {
      if (event.type === 'server.starting') {
        if (event.adopted) this.#adopted += 1;
        else this.#started += 1;
      } else if (event.type === 'server.down' && event.end !== undefined) {
        const { cause } = event.end;
        this.#ends.set(cause, (this.#ends.get(cause) ?? 0) + 1);
      }
    });
  }

  /** Whether every server that is wanted is ready, and which are not. */
  readiness(): { readonly isReady: boolean; readonly waiting: readonly string[] } {
    const waiting = this.#keeper
      .list()
      .filter((server) => server.isWanted && server.state !== 'ready')
      .map(({ entry }) => entry.id);
    return { isReady: waiting.length === 0 && !this.#keeper.isEnding, waiting };
  }

  /** How it is at this moment. */
  read(): MetricFamily[] {
    const servers = this.#keeper.list();
    const counts = Object.keys(serverTable).map((state) => ({
      labels: { state },
      value: servers.filter((server) => server.state === state).length,
    }));
    return [
      {
        name: 'vigil_fleet_servers',
        kind: 'gauge',
        help: 'Servers by state.',
        samples: counts,
      },
      counter('vigil_fleet_servers_started_total', 'Processes of servers started.', this.#started),
      counter('vigil_fleet_servers_adopted_total', 'Processes taken over.', this.#adopted),
      {
        name: 'vigil_fleet_servers_ended_total',
        kind: 'counter',
        help: 'Processes of servers that ended, by cause.',
        samples: [...this.#ends].map(([cause, value]) => ({ labels: { cause }, value })),
      },
    ];
  }
}

function counter(name: string, help: string, value: number): MetricFamily {
  return { name, kind: 'counter', help, samples: [{ value }] };
}
