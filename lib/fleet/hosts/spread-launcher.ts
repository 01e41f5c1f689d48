import type { ChildHandle } from '../../process/child-handle.ts';
import type { FoundProcess, ServerLauncher } from '../master/server-launcher.ts';
import type { ServerEntry } from '../plan/server-entry.ts';
import type { FleetHosts } from './fleet-hosts.ts';

/** Starts each server where it belongs: on this machine, or on another host. */
export class SpreadLauncher implements ServerLauncher {
  readonly #local: ServerLauncher;
  readonly #hosts: FleetHosts;

  constructor(local: ServerLauncher, hosts: FleetHosts) {
    this.#local = local;
    this.#hosts = hosts;
  }

  launch(entry: ServerEntry): ChildHandle {
    return this.#at(entry).launch(entry);
  }

  /** Only those of this machine: what runs elsewhere its host tells when it is launched. */
  adopt(id: string, found: FoundProcess): ChildHandle {
    return this.#local.adopt(id, found);
  }

  lastWords(id: string): string[] {
    return this.#hosts.hostOf(id) === undefined
      ? this.#local.lastWords(id)
      : this.#hosts.lastWords(id);
  }

  isRemote(entry: ServerEntry): boolean {
    return this.#hosts.isRemote(entry);
  }

  isUnknown(id: string): boolean {
    return this.#hosts.isUnknown(id);
  }

  isInDoubt(id: string): boolean {
    return this.#hosts.isInDoubt(id);
  }

  giveUpAway(ending: Promise<unknown>): void {
    void this.#hosts.giveUpAway(ending);
  }

  #at(entry: ServerEntry): Pick<ServerLauncher, 'launch'> {
    return this.#hosts.isRemote(entry) ? this.#hosts : this.#local;
  }
}
