import type { AdminAnswer, AdminModule, MasterAgent, MonitorAgent } from './admin-module.ts';
import type { DefaultModulesSettings } from './default-modules-settings.ts';
import { Profiles } from './profiles.ts';

type Order = Readonly<Record<string, unknown>>;

/**
 * `profiler`: takes a profile of the processor (`type: 'CPU'`) or a snapshot of the heap (`HEAP`) of a server; offered only
 * with `app.enable('adminProfiler')`. @lazy
 */
export class Profiler implements AdminModule {
  readonly moduleId = 'profiler';
  readonly #settings: DefaultModulesSettings;

  constructor(settings: DefaultModulesSettings) {
    this.#settings = settings;
  }

  async monitorHandler(_agent: MonitorAgent, message: unknown, answer: AdminAnswer): Promise<void> {
    const { type, seconds } = (message ?? {}) as Order;
    const { app, clock } = this.#settings;
    const profiles = new Profiles(app, clock);
    if (type === 'CPU') answer(null, await profiles.takeCpu(seconds));
    else if (type === 'HEAP') answer(null, await profiles.takeHeap());
    else answer(`type: expected CPU or HEAP, found ${String(type)}`);
  }

  clientHandler(agent: MasterAgent, message: unknown, answer: AdminAnswer): void {
    const { serverId, type, seconds } = (message ?? {}) as Order;
    if (typeof serverId !== 'string') answer('serverId: the id of a server is missing');
    else agent.request(serverId, this.moduleId, { type, seconds }, answer);
  }
}
