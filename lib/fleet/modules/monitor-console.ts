import type { AdminAnswer, AdminModule, MonitorAgent } from './admin-module.ts';
import type { ModuleApp } from './module-app.ts';
import type { StatusWatch } from './process-status.ts';

export interface MonitorConsoleSettings {
  readonly app: ModuleApp;
  readonly status: StatusWatch;
  /** Ends this process without the stop of its components. */
  readonly kill: () => void;
}

/** `__console__` on a server: the orders of the master. */
export class MonitorConsole implements AdminModule {
  readonly moduleId = '__console__';
  readonly #settings: MonitorConsoleSettings;

  constructor(settings: MonitorConsoleSettings) {
    this.#settings = settings;
  }

  monitorHandler(agent: MonitorAgent, message: unknown, answer: AdminAnswer): void {
    const order = (message ?? {}) as Readonly<Record<string, unknown>>;
    const { app } = this.#settings;
    switch (order['signal']) {
      case 'list': {
        const body = { ...this.#settings.status.read(agent), state: app.state };
        // In the place of the error, as the masters of this protocol expect it.
        answer({ serverId: agent.id, body });
        return;
      }
      case 'stop':
        answer(null, { status: 'ok' });
        void app.stop(true).catch(() => undefined);
        return;
      case 'restart':
        // What to start again; the process that asked does it.
        answer(null, agent.info);
        void app.stop(true).catch(() => undefined);
        return;
      case 'kill':
        answer(null, agent.id);
        this.#settings.kill();
        return;
      default:
        this.#pass(order, answer);
    }
  }

  /** What only a component of the application can do anything with. */
  #pass(order: Readonly<Record<string, unknown>>, answer: AdminAnswer): void {
    const signal = String(order['signal']);
    const event = Object.hasOwn(PASSED, signal) ? PASSED[signal] : undefined;
    if (event === undefined) answer(`unknown signal:${signal}`);
    else
      answer(
        null,
        this.#settings.app.event.emit(event, order['cron'] ?? order['blacklist']) ? 1 : 0,
      );
  }
}

const PASSED: Readonly<Record<string, string>> = {
  addCron: 'add_crons',
  removeCron: 'remove_crons',
  blacklist: 'blacklist',
};
