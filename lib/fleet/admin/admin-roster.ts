import type { AdminConnection } from './admin-connection.ts';
import type { MonitorFacts } from './monitor-facts.ts';

const MOST_MONITORS = 10_000;
const MOST_CLIENTS = 1000;
/** Our own servers beat every second. */
const DEAD_AFTER_MS = 15_000;
/** Others ping every 60 seconds, and give up themselves after 120. */
const FOREIGN_DEAD_AFTER_MS = 150_000;

/** Who is registered with a master, by id. */
export class AdminRoster {
  readonly #monitors = new Map<string, AdminConnection>();
  readonly #clients = new Map<string, AdminConnection>();

  /** What is known of each server that is connected. */
  get facts(): ReadonlyMap<string, MonitorFacts> {
    return new Map(
      [...this.#monitors].flatMap(([id, { role }]) =>
        role.kind === 'monitor' ? [[id, role.facts]] : [],
      ),
    );
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  monitor(id: string): AdminConnection | undefined {
    return this.#monitors.get(id);
  }

  client(id: string): AdminConnection | undefined {
    return this.#clients.get(id);
  }

  monitors(serverType?: string): readonly AdminConnection[] {
    const all = [...this.#monitors.values()];
    if (serverType === undefined) return all;
    return all.filter(
      ({ role }) => role.kind === 'monitor' && role.facts.serverType === serverType,
    );
  }

  all(): readonly AdminConnection[] {
    return [...this.#monitors.values(), ...this.#clients.values()];
  }

  /** Whether an id is that of somebody who is there; one that has not been heard for long is taken for dead. */
  isTaken(kind: 'client' | 'monitor', id: string): boolean {
    const holder = kind === 'client' ? this.#clients.get(id) : this.#monitors.get(id);
    if (holder?.isOpen !== true) return false;
    if (kind === 'client') return true;
    return holder.silentMs < (beats(holder) ? DEAD_AFTER_MS : FOREIGN_DEAD_AFTER_MS);
  }

  isFull(kind: 'client' | 'monitor'): boolean {
    return kind === 'client'
      ? this.#clients.size >= MOST_CLIENTS
      : this.#monitors.size >= MOST_MONITORS;
  }

  /** Enters a connection under its role; one that had the id before is dropped. */
  enter(connection: AdminConnection): void {
    const { role } = connection;
    if (role.kind === 'client') this.#put(this.#clients, role.id, connection);
    if (role.kind === 'monitor') this.#put(this.#monitors, role.facts.id, connection);
  }

  /** @returns false when it was not there any more: another one has its id */
  leave(connection: AdminConnection): boolean {
    const { role } = connection;
    if (role.kind === 'client') return take(this.#clients, role.id, connection);
    return role.kind === 'monitor' && take(this.#monitors, role.facts.id, connection);
  }

  #put(map: Map<string, AdminConnection>, id: string, connection: AdminConnection): void {
    const before = map.get(id);
    map.set(id, connection);
    before?.drop('another connection has taken its id over');
  }
}

function beats({ role }: AdminConnection): boolean {
  return role.kind === 'monitor' && role.facts.beats;
}

function take(map: Map<string, AdminConnection>, id: string, connection: AdminConnection): boolean {
  return map.get(id) === connection && map.delete(id);
}
