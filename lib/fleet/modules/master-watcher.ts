import type { FleetRoster } from '../master/fleet-roster.ts';
import type { ServerEntry } from '../plan/server-entry.ts';
import type { AdminAnswer, AdminModule, MasterAgent } from './admin-module.ts';
import { MASTER_WATCHER, MONITOR_WATCHER } from './watcher-names.ts';

const OK = 1;

/**
 * `__masterwatcher__`: tells the servers of a fleet of one another, and hears which of them have started.
 *
 * The master's side says when a server has come or gone, and when all have started.
 */
export class MasterWatcher implements AdminModule {
  readonly moduleId = MASTER_WATCHER;
  readonly #roster: FleetRoster;
  readonly #subscribers = new Set<string>();
  #agent: MasterAgent | null = null;

  constructor(roster: FleetRoster) {
    this.#roster = roster;
  }

  /** What is told from now on goes this way. */
  attach(agent: MasterAgent): void {
    this.#agent = agent;
  }

  masterHandler(agent: MasterAgent, message: unknown, answer: AdminAnswer): void {
    this.#agent ??= agent;
    const { action, id } = (message ?? {}) as { action?: unknown; id?: unknown };
    if (typeof id !== 'string' || id === '') answer('empty id');
    else if (typeof action === 'string' && Object.hasOwn(this.#actions, action)) {
      answer(null, this.#actions[action]?.(id));
    } else answer(`unknown action:${String(action)}`);
  }

  readonly #actions: Readonly<Record<string, (id: string) => unknown>> = {
    subscribe: (id) => {
      if (this.#isRegistered(id)) this.#subscribers.add(id);
      return this.#query();
    },
    unsubscribe: (id) => {
      this.#subscribers.delete(id);
      return OK;
    },
    query: () => this.#query(),
    record: (id) => {
      if (this.#isRegistered(id)) this.#roster.noteStarted(id);
      return OK;
    },
  };

  /** A server has registered that was not there. */
  serverAdded(server: ServerEntry): void {
    this.#tell({ action: 'addServer', server }, server.id);
  }

  /** A server is gone. */
  serverRemoved(id: string): void {
    this.#subscribers.delete(id);
    this.#tell({ action: 'removeServer', id }, id);
  }

  /** A server has connected again, and may have missed something. */
  serverReturned(server: ServerEntry): void {
    this.#subscribers.add(server.id);
    const told = { action: 'replaceServer', servers: this.#query() };
    this.#agent?.request(server.id, MONITOR_WATCHER, told, ignoreAnswer);
  }

  /** Every server that is wanted has started. */
  tellStartOver(): void {
    this.#agent?.notifyAll(MONITOR_WATCHER, { action: 'startOver' });
  }

  #tell(message: object, except: string): void {
    for (const id of this.#subscribers) {
      if (id !== except) this.#agent?.request(id, MONITOR_WATCHER, message, ignoreAnswer);
    }
  }

  #query(): Readonly<Record<string, ServerEntry>> {
    return Object.fromEntries(this.#roster.registered().map((server) => [server.id, server]));
  }

  #isRegistered(id: string): boolean {
    return this.#roster.registered().some((server) => server.id === id);
  }
}

/** A server that does not answer is known by its silence elsewhere. */
const ignoreAnswer: AdminAnswer = () => undefined;
