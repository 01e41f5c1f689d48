import type { Clock, Timer } from '../../util/clock.ts';
import type { FleetRoster } from '../master/fleet-roster.ts';
import type { ServerEntry } from '../plan/server-entry.ts';
import type { AdminAnswer, AdminModule, MasterAgent } from './admin-module.ts';
import { MASTER_WATCHER, MONITOR_WATCHER } from './watcher-names.ts';

const OK = 1;
/** Servers that come in a row are told together: each message wakes every server. */
const QUIET_MS = 100;
const LONGEST_MS = 500;

/** A server that has come, and who is to hear of it. */
interface Arrival {
  readonly server: ServerEntry;
  readonly listeners: readonly string[];
}

/**
 * `__masterwatcher__`: tells the servers of a fleet of one another, and hears which of them have started.
 *
 * The master's side says when a server has come or gone, and when all have started.
 */
export class MasterWatcher implements AdminModule {
  readonly moduleId = MASTER_WATCHER;
  readonly #roster: FleetRoster;
  readonly #clock: Clock;
  readonly #subscribers = new Set<string>();
  readonly #arrivals: Arrival[] = [];
  #agent: MasterAgent | null = null;
  #timer: Timer | null = null;
  #gatheredSince = 0;

  constructor(roster: FleetRoster, clock: Clock) {
    this.#roster = roster;
    this.#clock = clock;
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

  /** A server has registered that was not there: the others hear of it in a moment, with those that come right after it. */
  serverAdded(server: ServerEntry): void {
    const listeners = [...this.#subscribers].filter((id) => id !== server.id);
    if (listeners.length === 0) return;
    const now = this.#clock.now();
    if (this.#arrivals.length === 0) this.#gatheredSince = now;
    this.#arrivals.push({ server, listeners });
    this.#timer?.cancel();
    const leftMs = Math.max(0, this.#gatheredSince + LONGEST_MS - now);
    this.#timer = this.#clock.setTimer(Math.min(QUIET_MS, leftMs), () => {
      this.flush();
    });
    this.#timer.unref();
  }

  /** What is to be told is told now. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = null;
    for (const { server, listeners } of this.#arrivals.splice(0))
      for (const id of listeners)
        if (this.#subscribers.has(id)) this.#send(id, { action: 'addServer', server });
  }

  /** A server is gone. */
  serverRemoved(id: string): void {
    this.flush();
    this.#subscribers.delete(id);
    for (const listener of this.#subscribers) this.#send(listener, { action: 'removeServer', id });
  }

  /** A server has connected again, and may have missed something. */
  serverReturned(server: ServerEntry): void {
    this.flush();
    this.#subscribers.add(server.id);
    this.#send(server.id, { action: 'replaceServer', servers: this.#query() });
  }

  /** Every server that is wanted has started. */
  tellStartOver(): void {
    this.flush();
    this.#agent?.notifyAll(MONITOR_WATCHER, { action: 'startOver' });
  }

  #send(id: string, message: object): void {
    this.#agent?.request(id, MONITOR_WATCHER, message, ignoreAnswer);
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
