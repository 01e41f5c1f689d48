import { cpus, freemem, hostname, loadavg, platform, release, totalmem, uptime } from 'node:os';
import type { AdminAnswer, AdminModule, MasterAgent, MonitorAgent } from './admin-module.ts';
import type { DefaultModulesSettings } from './default-modules-settings.ts';
import { countLogins } from './count-logins.ts';
import { MonitorLog } from './monitor-log.ts';

const OFTEN_SECONDS = 5;
const SELDOM_SECONDS = 300;
const FIRST_SECONDS = 10;

/** What `app.enable('systemMonitor')` adds: the machine, the processes, the users and the logs of the servers. @lazy */
export function createSystemMonitor({ app, status }: DefaultModulesSettings): AdminModule[] {
  const seldom = { interval: SELDOM_SECONDS, delay: FIRST_SECONDS };
  return [
    new SampledModule('systemInfo', seldom, describeMachine),
    new SampledModule('nodeInfo', seldom, (agent) => status.read(agent)),
    new SampledModule('onlineUser', { interval: OFTEN_SECONDS, delay: 0 }, (agent) => ({
      serverId: agent.id,
      totalConnCount: status.read(agent).connections,
      ...countLogins(app),
    })),
    new MonitorLog(app),
  ];
}

/** The master asks all servers at an interval for one thing, and keeps what each said last for clients. */
class SampledModule implements AdminModule {
  readonly type = 'pull';
  readonly moduleId: string;
  readonly interval: number;
  readonly delay: number;
  readonly #sample: (agent: MonitorAgent) => unknown;

  constructor(
    moduleId: string,
    { interval, delay }: { readonly interval: number; readonly delay: number },
    sample: (agent: MonitorAgent) => unknown,
  ) {
    this.moduleId = moduleId;
    this.interval = interval;
    this.delay = delay;
    this.#sample = sample;
  }

  monitorHandler(agent: MonitorAgent): void {
    agent.notify(this.moduleId, { serverId: agent.id, body: this.#sample(agent) });
  }

  masterHandler(agent: MasterAgent, message: unknown): void {
    if (message === null || message === undefined) {
      // What is kept is of those that answer from now on.
      agent.notifyAll(this.moduleId, null);
      return;
    }
    const { serverId, body } = message as { readonly serverId?: unknown; readonly body?: unknown };
    if (typeof serverId === 'string') this.#keep(agent, serverId, body);
  }

  clientHandler(agent: MasterAgent, _message: unknown, answer: AdminAnswer): void {
    answer(null, Object.fromEntries(this.#kept(agent)));
  }

  #keep(agent: MasterAgent, serverId: string, body: unknown): void {
    const kept = this.#kept(agent);
    kept.delete(serverId);
    kept.set(serverId, body);
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    agent.set(this.moduleId, kept);
  }

  #kept(agent: MasterAgent): Map<string, unknown> {
    const kept = agent.get(this.moduleId);
    return kept instanceof Map ? (kept as Map<string, unknown>) : new Map<string, unknown>();
  }
}

const MOST_KEPT = 2000;

function describeMachine(): object {
  const [first] = cpus();
  return {
    hostname: hostname(),
    platform: platform(),
    release: release(),
    cpus: { count: cpus().length, model: first?.model ?? 'unknown' },
    loadavg: loadavg(),
    totalMemoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    uptimeSeconds: Math.round(uptime()),
  };
}
