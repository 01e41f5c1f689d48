import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileWhole } from '../../util/durable-file.ts';
import type { AdminAnswer, AdminModule, MasterAgent, MonitorAgent } from './admin-module.ts';
import type { ModuleApp } from './module-app.ts';
import { runScript } from './run-script.ts';

const NAME = /^[\w-][\w.-]{0,99}$/;

type Order = Readonly<Record<string, unknown>>;

/**
 * `scripts`: code of clients, kept on the master and run in a server. It can do there whatever the server can, so it is
 * offered only with `app.enable('adminScripts')`. @lazy
 */
export class Scripts implements AdminModule {
  readonly moduleId = 'scripts';
  readonly #app: ModuleApp;

  constructor(app: ModuleApp) {
    this.#app = app;
  }

  monitorHandler(_agent: MonitorAgent, message: unknown, answer: AdminAnswer): void {
    const { script } = (message ?? {}) as Order;
    answer(null, runScript(this.#app, script));
  }

  async clientHandler(agent: MasterAgent, message: unknown, answer: AdminAnswer): Promise<void> {
    const order = (message ?? {}) as Order;
    switch (order['command']) {
      case 'list':
        answer(null, { servers: Object.keys(this.#app.getServers()), scripts: this.#list() });
        return;
      case 'get':
        answer(null, readFileSync(this.#fileOf(order['filename']), 'utf8'));
        return;
      case 'save':
        await this.#save(order);
        answer(null, 'ok');
        return;
      case 'run':
        agent.request(
          String(order['serverId']),
          this.moduleId,
          { script: order['script'] },
          answer,
        );
        return;
      default:
        answer(`unknown command:${String(order['command'])}`);
    }
  }

  get #folder(): string {
    return join(String(this.#app.get('base')), 'scripts');
  }

  #list(): string[] {
    try {
      return readdirSync(this.#folder).filter((name) => NAME.test(name));
    } catch {
      return [];
    }
  }

  async #save({ filename, body }: Order): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    await writeFileWhole(this.#fileOf(filename), String(body), 0o644);
  }

  #fileOf(filename: unknown): string {
    if (typeof filename !== 'string' || !NAME.test(filename))
      throw new Error('filename: a plain name is expected');
    return join(this.#folder, filename);
  }
}
