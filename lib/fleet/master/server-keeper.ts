import type { Clock } from '../../util/clock.ts';
import type { ServerEntry } from '../plan/server-entry.ts';
import { findLeftServers, type FoundServer } from './find-left.ts';
import type { FleetEventBody } from './fleet-event.ts';
import type { FleetRecord, KeptRoll, KeptServer } from './fleet-record.ts';
import { FleetServer } from './fleet-server.ts';
import type { FleetSettings } from './fleet-settings.ts';
import type { ServerLauncher } from './server-launcher.ts';
import type { ServerEffect } from './server-machine.ts';

export interface ServerKeeperParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: FleetSettings;
  readonly fleetId: string;
  readonly servers: readonly ServerEntry[];
  readonly launcher: ServerLauncher;
  readonly record: FleetRecord;
  /** Asks a server over its connection to end; false: it has none. */
  readonly askToStop: (id: string) => boolean;
  readonly tell: (body: FleetEventBody) => void;
  /** What is to be kept has changed. */
  readonly save: () => void;
  /** Every wanted server has started; told once, and to each that starts later. */
  readonly onAllStarted: (ids: readonly string[], isFirst: boolean) => void;
}

/** Keeps the servers of the fleet: starts those that are wanted, takes over those that run, and ends them in order. */
export class ServerKeeper {
  readonly #parts: ServerKeeperParts;
  readonly #servers = new Map<string, FleetServer>();
  readonly #dismissed = new Set<FleetServer>();
  #hasAllStarted: boolean;
  #roll: KeptRoll | null;
  #begunAt: number;
  #isEnding = false;
  #isStarting = false;

  constructor(parts: ServerKeeperParts) {
    this.#parts = parts;
    this.#hasAllStarted = parts.record.hasAllStarted;
    this.#roll = parts.record.roll;
    this.#begunAt = parts.clock.now();
    for (const entry of parts.servers) this.#add(entry);
  }

  /** In the order of the plan, those that were added later at the end. */
  list(): FleetServer[] {
    return [...this.#servers.values()];
  }

  find(id: string): FleetServer | undefined {
    return this.#servers.get(id);
  }

  /** What the next master is to know. */
  get record(): FleetRecord {
    const { launcher, record } = this.#parts;
    // What may run elsewhere is not forgotten before that is known.
    const former = record.servers.filter(({ entry }) => launcher.isFormer?.(entry.id) === true);
    const servers = [...this.list().flatMap(keep), ...former];
    return { servers, hasAllStarted: this.#hasAllStarted, roll: this.#roll };
  }

  get roll(): KeptRoll | null {
    return this.#roll;
  }

  set roll(roll: KeptRoll | null) {
    this.#roll = roll;
    this.#parts.save();
  }

  get isEnding(): boolean {
    return this.#isEnding;
  }

  /**
   * Takes over what the master before has left running.
   *
   * @param isTied - servers do not outlive their master: what is left is ended instead
   * @returns how many run on
   */
  async adopt(isTied: boolean): Promise<number> {
    const { fleetId, record, clock, launcher } = this.#parts;
    const ending: Promise<void>[] = [];
    let count = 0;
    const kept = record.servers.filter(({ entry }) => launcher.isRemote?.(entry) !== true);
    for (const elsewhere of record.servers)
      if (!kept.includes(elsewhere)) this.#expect(elsewhere.entry);
    for (const found of findLeftServers(fleetId, kept, clock.wallTime())) {
      const { server, isOfPlan } = this.#take(found);
      const fate = decideFate(found, { isTied, isOfPlan });
      if (fate === 'keep') count += found.isThere ? 1 : 0;
      // It is started again once it has ended.
      else if (fate === 'renew') void server.stop(false);
      else if (fate === 'dismiss') this.#dismiss(server);
      else ending.push(server.stop(true));
    }
    if (count === 0) this.#hasAllStarted = false;
    await Promise.all(ending);
    return count;
  }

  /** What runs on another machine that machine tells itself; where it ran before has to be known for that. */
  #expect(entry: ServerEntry): void {
    this.#parts.launcher.noteFormer?.(entry);
    if (this.find(entry.id) === undefined) this.#add(entry).start();
  }

  #take({ id, left, kept }: FoundServer): { server: FleetServer; isOfPlan: boolean } {
    const planned = this.find(id);
    const entry = kept?.entry ?? { id, serverType: 'unknown', host: '127.0.0.1' };
    const server = planned ?? this.#add(entry);
    server.adopt(left);
    return { server, isOfPlan: planned !== undefined };
  }

  /**
   * Another machine answers, and says which servers run there that were not asked for: those of the record are kept, any
   * other is ended. Those that wait for that machine are started.
   */
  meetHost(host: string, running: readonly string[]): void {
    if (this.#isEnding) return;
    for (const id of running) if (this.find(id) === undefined) this.#takeStray(id, host);
    for (const server of this.list())
      if (server.entry.host === host && server.isWanted && !server.isRunning) server.start();
  }

  #takeStray(id: string, host: string): void {
    const kept = this.#parts.record.servers.find(({ entry }) => entry.id === id);
    const server = this.#add(kept?.entry ?? { id, serverType: 'unknown', host });
    server.start();
    if (kept === undefined) this.#dismiss(server);
  }

  /** One that was added to a fleet before, and is none of this one's any more. */
  #dismiss(server: FleetServer): void {
    this.#dismissed.add(server);
    void server.stop(false).then(() => {
      this.#dismissed.delete(server);
      this.#servers.delete(server.entry.id);
    });
  }

  /**
   * Starts those that do not run, in the order of the plan and without waiting for any of them.
   *
   * @param isWanted - null: all
   * @returns settles when the last one is being started
   */
  async start(isWanted: ((entry: ServerEntry) => boolean) | null = null): Promise<void> {
    this.#begunAt = this.#parts.clock.now();
    this.#isStarting = true;
    for (const server of this.list()) {
      if (this.#isEnding) break;
      if (this.#dismissed.has(server)) continue;
      if (isWanted !== null && !isWanted(server.entry)) continue;
      server.start();
      // Those that run already are let in meanwhile.
      await nextTurn();
    }
    this.#isStarting = false;
    this.#checkAllStarted();
  }

  /** A process that was to be started ran already, on another machine. @param since - milliseconds since the epoch */
  noteFound(id: string, since: number): void {
    const server = this.find(id);
    const kept = this.#parts.record.servers.find(({ entry }) => entry.id === id);
    server?.noteFound(since, kept?.entry ?? server.entry);
  }

  /** Takes one more server, and starts it. */
  add(entry: ServerEntry): void {
    this.prepare(entry).start();
  }

  /** Takes one more server that is not to be started yet. */
  prepare(entry: ServerEntry): FleetServer {
    return this.#add(entry);
  }

  /** Nothing is left of a server, and it is none of this fleet's any more. */
  forget({ entry: { id } }: FleetServer): void {
    this.#servers.delete(id);
    this.#parts.save();
  }

  /** Puts the servers in an order; those that it does not name come last, as they were. */
  arrange(ids: readonly string[]): void {
    const named = ids.flatMap((id) => this.find(id) ?? []);
    const others = this.list().filter((server) => !named.includes(server));
    this.#servers.clear();
    for (const server of [...named, ...others]) this.#servers.set(server.entry.id, server);
  }

  /**
   * Ends all servers, types in the reverse of the order they were started in, those of one type together.
   * Settles when nothing is left of any.
   */
  async stopAll(force: boolean): Promise<void> {
    this.#isEnding = true;
    const ended = this.#endAll(force);
    this.#parts.launcher.giveUpAway?.(ended);
    await ended;
  }

  async #endAll(force: boolean): Promise<void> {
    if (force) await Promise.all(this.list().map((server) => server.stop(true)));
    for (const group of this.#byType().reverse())
      await Promise.all(group.map((server) => server.stop(false)));
  }

  #byType(): FleetServer[][] {
    const groups = new Map<string, FleetServer[]>();
    for (const server of this.list()) {
      const { serverType } = server.entry;
      groups.set(serverType, [...(groups.get(serverType) ?? []), server]);
    }
    return [...groups.values()];
  }

  #add(entry: ServerEntry): FleetServer {
    const { clock, random, settings, launcher, askToStop, tell } = this.#parts;
    const server = new FleetServer(entry, {
      clock,
      random,
      settings,
      launcher,
      askToStop,
      tell,
      onEffect: (changed, effect) => {
        this.#effects[effect](changed);
      },
    });
    this.#servers.set(entry.id, server);
    return server;
  }

  readonly #effects: Record<ServerEffect, (server: FleetServer) => void> = {
    record: () => {
      this.#parts.save();
    },
    welcome: (server) => {
      if (this.#hasAllStarted) this.#parts.onAllStarted([server.entry.id], false);
      else this.#checkAllStarted();
    },
  };

  #checkAllStarted(): void {
    const wanted = this.list().filter((server) => server.isWanted);
    const areReady = wanted.every((server) => server.state === 'ready');
    if (this.#hasAllStarted || !areReady || this.#isEnding || this.#isStarting) return;
    this.#hasAllStarted = true;
    const durationMs = Math.round(this.#parts.clock.now() - this.#begunAt);
    this.#parts.tell({ type: 'fleet.allStarted', servers: wanted.length, durationMs });
    this.#parts.onAllStarted(
      wanted.map(({ entry }) => entry.id),
      true,
    );
    this.#parts.save();
  }
}

type Fate = 'keep' | 'renew' | 'dismiss' | 'end';

/** What becomes of a server that an earlier master has started. */
function decideFate(
  { isThere, kept }: FoundServer,
  { isTied, isOfPlan }: { readonly isTied: boolean; readonly isOfPlan: boolean },
): Fate {
  if (isTied) return 'end';
  const isEnding = kept?.isEnding === true;
  // One that was added to that fleet goes on as long as it lives.
  if (!isOfPlan) return isThere && kept !== null && !isEnding ? 'keep' : 'dismiss';
  return isEnding ? 'renew' : 'keep';
}

function keep(server: FleetServer): KeptServer[] {
  const { runsAs: entry, pid, startTime, run, since, state, beats } = server;
  if (pid === null || since === null) return [];
  const wasReady = state === 'ready' || state === 'hung';
  return [{ entry, pid, startTime, run, since, wasReady, beats, isEnding: state === 'stopping' }];
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
