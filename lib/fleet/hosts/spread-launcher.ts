import type { VigilError } from '../../errors.ts';
import type { ChildHandle } from '../../process/child-handle.ts';
import { createUnstartedHandle } from '../../process/handles/unstarted-handle.ts';
import type { FoundProcess, ServerLauncher } from '../master/server-launcher.ts';
import type { ServerEntry } from '../plan/server-entry.ts';
import type { FleetHosts, FleetHostsParts, StrandedServers } from './fleet-hosts.ts';
import { isLocalHost } from './is-local-host.ts';

/** Starts each server where it belongs: on this machine, or on another host. What other hosts need is loaded with the first of them. */
export class SpreadLauncher implements ServerLauncher {
  readonly #local: ServerLauncher;
  readonly #parts: FleetHostsParts;
  /** Where servers ran under the master before, as long as they may still run there and belong elsewhere by now. */
  readonly #former = new Map<string, ServerEntry>();
  #hosts: FleetHosts | null = null;

  constructor(local: ServerLauncher, parts: FleetHostsParts) {
    this.#local = local;
    this.#parts = parts;
  }

  launch(entry: ServerEntry, run: string): ChildHandle {
    const obstacle = this.#findObstacle(entry);
    if (obstacle !== null) return createUnstartedHandle(obstacle);
    return this.isRemote(entry)
      ? this.#demandHosts().launch(entry, run)
      : this.#local.launch(entry, run);
  }

  noteFormer(entry: ServerEntry): void {
    this.#former.set(entry.id, entry);
  }

  isFormer(id: string): boolean {
    return this.#former.has(id);
  }

  /** Only those of this machine: what runs elsewhere is found when it is launched. */
  adopt(id: string, found: FoundProcess): ChildHandle {
    return this.#local.adopt(id, found);
  }

  lastWords(id: string): string[] {
    return this.#hosts?.lastWords(id) ?? this.#local.lastWords(id);
  }

  isRemote({ host }: Pick<ServerEntry, 'host'>): boolean {
    return !isLocalHost(host, this.#parts.master.host);
  }

  isUnknown(id: string): boolean {
    return this.#hosts?.isUnknown(id) === true;
  }

  isInDoubt(id: string): boolean {
    return this.#hosts?.isInDoubt(id) === true;
  }

  giveUpAway(ending: Promise<unknown>): void {
    void this.#hosts?.giveUpAway(ending);
  }

  /** Servers that may run on although all was ended. */
  get stranded(): readonly StrandedServers[] {
    return this.#hosts?.stranded ?? [];
  }

  async close(): Promise<void> {
    await this.#hosts?.close();
  }

  /** It must not run in two places. */
  #findObstacle({ id, host }: ServerEntry): VigilError | null {
    const former = this.#former.get(id);
    const obstacle =
      former === undefined || former.host === host ? null : this.#demandHosts().leftOn(former);
    if (obstacle === null) this.#former.delete(id);
    return obstacle;
  }

  #demandHosts(): FleetHosts {
    if (this.#hosts === null) {
      const loaded = require('./fleet-hosts') as typeof import('./fleet-hosts.ts');
      this.#hosts = new loaded.FleetHosts(this.#parts);
    }
    return this.#hosts;
  }
}
