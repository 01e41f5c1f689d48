import type { EventEmitter } from 'node:events';
import type { ServerFacts } from '../application/server-facts.ts';
import type { ServerMap } from '../application/server-map.ts';
import type { AdminAnswer, AdminModule, MonitorAgent } from './admin-module.ts';
import { MASTER_WATCHER, MONITOR_WATCHER } from './watcher-names.ts';

const OK = 1;
const FAIL = 0;

export interface MonitorWatcherSettings {
  readonly servers: ServerMap;
  readonly event: EventEmitter;
  readonly onAllStarted: () => void;
}

/** `__monitorwatcher__`: keeps what this server knows of the others, and tells the master that it has started. */
export class MonitorWatcher implements AdminModule {
  readonly moduleId = MONITOR_WATCHER;
  readonly #settings: MonitorWatcherSettings;

  constructor(settings: MonitorWatcherSettings) {
    this.#settings = settings;
  }

  monitorHandler(_agent: MonitorAgent, message: unknown, answer: AdminAnswer): void {
    // In the place of the error, as the masters of this protocol expect it.
    answer(this.#take(message) ? OK : FAIL);
  }

  /** Asks the master for all servers, and to be told of changes. */
  subscribe(agent: MonitorAgent): void {
    agent.request(MASTER_WATCHER, { action: 'subscribe', id: agent.id }, (error, body) => {
      const servers = readServers(body) ?? readServers(error);
      if (servers !== null) this.#replace(servers);
    });
  }

  /** Says that this server has started. */
  record(agent: MonitorAgent): void {
    agent.notify(MASTER_WATCHER, { action: 'record', id: agent.id });
  }

  #take(message: unknown): boolean {
    const { action, server, servers, id } = (message ?? {}) as Readonly<Record<string, unknown>>;
    switch (action) {
      case 'addServer':
        return this.#add(server);
      case 'removeServer':
        return this.#remove(id);
      case 'replaceServer':
        return this.#replace(readServers(servers));
      case 'startOver':
        this.#settings.onAllStarted();
        return true;
      default:
        return false;
    }
  }

  #add(server: unknown): boolean {
    if (!isServer(server)) return false;
    this.#settings.servers.add([server]);
    this.#settings.event.emit('add_servers', [server]);
    return true;
  }

  #remove(id: unknown): boolean {
    if (typeof id !== 'string') return false;
    this.#settings.servers.remove([id]);
    this.#settings.event.emit('remove_servers', [id]);
    return true;
  }

  #replace(servers: readonly ServerFacts[] | null): boolean {
    if (servers === null) return false;
    this.#settings.servers.replace(servers);
    const byId = Object.fromEntries(servers.map((server) => [server.id, server]));
    this.#settings.event.emit('replace_servers', byId);
    return true;
  }
}

/** @returns null when it is no map of servers */
function readServers(value: unknown): readonly ServerFacts[] | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const servers: unknown[] = Object.values(value);
  return servers.every(isServer) ? servers : null;
}

function isServer(value: unknown): value is ServerFacts {
  const { id, serverType } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof id === 'string' && typeof serverType === 'string';
}
