import { execFile } from 'node:child_process';
import { quote } from '../../config/config-problem.ts';
import type { AdminServerEvent } from '../admin/admin-event.ts';
import type { MonitorFacts } from '../admin/monitor-facts.ts';
import type { MasterSettings } from '../application/master-role.ts';
import type { MasterWatcher } from '../modules/master-watcher.ts';
import type { ServerEntry } from '../plan/server-entry.ts';
import type { FleetServer } from './fleet-server.ts';
import type { ServerKeeper } from './server-keeper.ts';

export interface FleetDoorParts extends Pick<MasterSettings, 'onTopology'> {
  readonly keeper: () => ServerKeeper;
  readonly watcher: () => MasterWatcher;
  readonly warn: (text: string) => void;
}

const LONGEST_SHOWN = 80;

/** What happens at the master's door, told to those whom it concerns. */
export class FleetDoor {
  readonly #parts: FleetDoorParts;

  constructor(parts: FleetDoorParts) {
    this.#parts = parts;
  }

  follow(event: AdminServerEvent): void {
    if (event.type === 'monitor.beat') this.#parts.keeper().find(event.id)?.noteBeat();
    else if (event.type === 'monitor.registered') this.#welcome(event.monitor, event.again);
    else if (event.type === 'monitor.lost') this.#miss(event.id);
    else if (event.type === 'registration.refused') this.#tellRefusal(event);
    else if (event.type === 'module.trouble')
      this.#parts.warn(`admin module "${event.moduleId}": ${String(event.error)}`);
  }

  #welcome(monitor: MonitorFacts, again: boolean): void {
    const { keeper, watcher, onTopology, warn } = this.#parts;
    const server = keeper().find(monitor.id);
    const isOurs = server !== undefined && isSame(server, monitor);
    if (isOurs) {
      server.noteRegistered(monitor.beats);
      bindToProcessor(server, warn);
    } else warn(`a server that was not started here has registered as ${show(monitor.id)}`);
    const entry = entryOf(monitor);
    if (again) watcher().serverReturned(entry);
    else watcher().serverAdded(entry);
    onTopology('add_servers', [entry]);
  }

  #miss(id: string): void {
    const { keeper, watcher, onTopology } = this.#parts;
    keeper().find(id)?.noteLost();
    watcher().serverRemoved(id);
    onTopology('remove_servers', [id]);
  }

  #tellRefusal({
    kind,
    id,
    address,
    reason,
  }: Extract<AdminServerEvent, { type: 'registration.refused' }>): void {
    if (kind === 'monitor' && id !== null) this.#parts.keeper().find(id)?.noteKnock();
    const who = id === null ? '' : ` ${show(id)}`;
    this.#parts.warn(`refused ${kind}${who} from ${address}: ${show(reason)}`);
  }
}

/** A server as it says of itself. */
export function entryOf({ id, serverType, info, address }: MonitorFacts): ServerEntry {
  const { host, ...rest } = info as Partial<ServerEntry>;
  return { ...rest, id, serverType, host: typeof host === 'string' ? host : address };
}

/** One that does not say its pid is believed. */
function isSame(server: FleetServer, { pid }: MonitorFacts): boolean {
  return pid === null || server.pid === pid;
}

/** Linux only; elsewhere there is no such program. */
function bindToProcessor({ entry, pid }: FleetServer, warn: (text: string) => void): void {
  const { cpu } = entry;
  if (cpu === undefined || pid === null || process.platform !== 'linux') return;
  execFile('taskset', ['-pc', String(cpu), String(pid)], (error) => {
    if (error !== null)
      warn(`${entry.id} cannot be bound to processor ${String(cpu)}: ${error.message.trim()}`);
  });
}

/** What a stranger has sent, without what a terminal would act upon. */
function show(text: string): string {
  return quote(text, LONGEST_SHOWN);
}
