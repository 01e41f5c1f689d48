import type { Clock } from '../../util/clock.ts';
import type { EventStream } from '../../util/event-stream.ts';
import { describeFleetEvent } from './event-line.ts';
import type { FleetEvent } from './fleet-event.ts';
import type { FleetOverview, SeenCrash, SeenEvent, SeenHost } from './fleet-overview.ts';
import type { FleetServer } from './fleet-server.ts';
import type { FleetWire } from './fleet-wire.ts';
import { type ListedServer, listFleet } from './list-fleet.ts';
import { chooseEvidence } from './choose-evidence.ts';

export interface FleetWatchParts {
  readonly clock: Clock;
  readonly env: string;
  readonly keeper: { list(): readonly FleetServer[] };
  readonly wire: FleetWire;
  readonly events: EventStream<FleetEvent>;
}

/** However many look on, the servers are asked no more often than this. */
const FRESH_MS = 1000;
const MOST_CRASHES = 20;
const MOST_EVENTS = 40;

/** Keeps what is to be seen of a fleet beside what its servers say, and asks them when somebody looks. */
export class FleetWatch {
  readonly #parts: FleetWatchParts;
  readonly #hosts = new Map<string, Pick<SeenHost, 'state' | 'reason'>>();
  readonly #crashes: SeenCrash[] = [];
  readonly #events: SeenEvent[] = [];
  #look: { readonly at: number; readonly overview: Promise<FleetOverview> } | null = null;

  constructor(parts: FleetWatchParts) {
    this.#parts = parts;
    const { events } = parts;
    for (const event of events.recent(Infinity)) this.#note(event);
    events.subscribe((event) => {
      this.#note(event);
    });
  }

  read(): Promise<FleetOverview> {
    const now = this.#parts.clock.now();
    if (this.#look === null || now - this.#look.at >= FRESH_MS)
      this.#look = { at: now, overview: this.#ask() };
    return this.#look.overview;
  }

  async #ask(): Promise<FleetOverview> {
    const { clock, env, keeper, wire } = this.#parts;
    const servers = keeper.list();
    const rows = Object.values(await listFleet(servers, wire, clock.wallTime()));
    const remote = new Set(servers.filter((one) => one.isRemote).map(({ entry }) => entry.host));
    return {
      at: clock.wallTime(),
      env,
      servers: rows,
      hosts: this.#listHosts(rows, remote),
      crashes: [...this.#crashes].reverse(),
      events: [...this.#events].reverse(),
    };
  }

  #listHosts(rows: readonly ListedServer[], remote: ReadonlySet<string>): SeenHost[] {
    const counts = new Map<string, number>();
    for (const { host } of rows) counts.set(host, (counts.get(host) ?? 0) + 1);
    return [...counts].map(([host, servers]) => {
      const known = remote.has(host) ? this.#hosts.get(host) : HERE;
      return { host, servers, ...(known ?? UNHEARD) };
    });
  }

  #note(event: FleetEvent): void {
    const { at, seq } = event;
    if ('reason' in event && 'host' in event) {
      const state = event.type.slice('host.'.length) as SeenHost['state'];
      this.#hosts.set(event.host, { state, reason: event.reason });
    } else if (event.type === 'server.down' && event.end?.expected === false) {
      const { id, host, end } = event;
      const { cause, evidence, lastWords } = end;
      push(this.#crashes, MOST_CRASHES, {
        ...{ seq, at, id, host, cause, lastWords },
        evidence: chooseEvidence(evidence),
      });
    }
    const text = describeFleetEvent(event);
    if (text !== null) push(this.#events, MOST_EVENTS, { seq, at, tone: toneOf(event), text });
  }
}

const HERE: Pick<SeenHost, 'state' | 'reason'> = { state: 'here', reason: null };
const UNHEARD: Pick<SeenHost, 'state' | 'reason'> = { state: 'connecting', reason: null };

const BAD: readonly FleetEvent['type'][] = ['server.hung', 'server.broken', 'host.down'];
const DOUBTFUL: readonly FleetEvent['type'][] = ['server.waiting', 'host.unknown', 'roll.stopped'];

function toneOf(event: FleetEvent): SeenEvent['tone'] {
  const isCrash = event.type === 'server.down' && event.end?.expected === false;
  if (isCrash || BAD.includes(event.type)) return 'bad';
  return DOUBTFUL.includes(event.type) ? 'warn' : 'none';
}

function push<T>(list: T[], most: number, item: T): void {
  list.push(item);
  if (list.length > most) list.shift();
}
