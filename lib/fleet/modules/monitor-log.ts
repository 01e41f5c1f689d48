import { join } from 'node:path';
import { readTail } from '../../util/read-tail.ts';
import type { AdminAnswer, AdminModule, MasterAgent, MonitorAgent } from './admin-module.ts';
import type { ModuleApp } from './module-app.ts';

const MOST_LINES = 1000;
const SOME_LINES = 100;

/** `monitorLog`: the last lines of what a server has written. */
export class MonitorLog implements AdminModule {
  readonly moduleId = 'monitorLog';
  readonly #app: ModuleApp;

  constructor(app: ModuleApp) {
    this.#app = app;
  }

  monitorHandler(agent: MonitorAgent, message: unknown, answer: AdminAnswer): void {
    const { number } = (message ?? {}) as { readonly number?: unknown };
    const count = Math.min(Math.max(Math.trunc(Number(number)) || SOME_LINES, 1), MOST_LINES);
    // Its own log alone, whatever file was asked for.
    const file = join(String(this.#app.get('base')), 'logs', `${agent.id}.log`);
    const dataArray = readTail(file, count);
    answer(null, { logfile: `${agent.id}.log`, dataArray });
  }

  clientHandler(agent: MasterAgent, message: unknown, answer: AdminAnswer): void {
    const { serverId } = (message ?? {}) as { readonly serverId?: unknown };
    if (typeof serverId !== 'string') answer('serverId: the id of a server is missing');
    else agent.request(serverId, this.moduleId, message, answer);
  }
}
