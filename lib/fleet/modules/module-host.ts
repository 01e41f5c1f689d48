import { VigilError } from '../../errors.ts';
import type { Clock } from '../../util/clock.ts';
import type { AdminAnswer, AdminModule, MasterAgent, MonitorAgent } from './admin-module.ts';
import { answerOnce, callHandler } from './call-handler.ts';
import type { ModuleCall, ModuleCommand, ModuleDesk, Sender } from './module-desk.ts';
import { ModuleSchedule } from './module-schedule.ts';
import { startModule } from './start-module.ts';

export interface ModuleHostSettings {
  readonly role: 'master' | 'monitor';
  readonly clock: Clock;
  /** How long `start` of one module may take, milliseconds; 0: as long as it likes. */
  readonly startMs: number;
  /** Something went wrong of which nobody else will hear. */
  readonly onTrouble: (moduleId: string, error: unknown) => void;
}

interface HostedModule {
  readonly module: AdminModule;
  readonly schedule: ModuleSchedule;
  enabled: boolean;
}

const SHORTEST_INTERVAL_MS = 50;
const HIDDEN = /^__.+__$/;

/** The admin modules of this process: keeps them by id, passes on what arrives for them, and calls those whose time has come. */
export class ModuleHost implements ModuleDesk {
  readonly #settings: ModuleHostSettings;
  readonly #modules = new Map<string, HostedModule>();
  #agent: MasterAgent | MonitorAgent | null = null;

  constructor(settings: ModuleHostSettings) {
    this.#settings = settings;
  }

  /** The ids of all modules, in the order they were added. */
  get ids(): readonly string[] {
    return [...this.#modules.keys()];
  }

  /** @throws ERR_FLEET_MODULE when it has no id, or the id is taken */
  add(module: AdminModule, moduleId: string | undefined = module.moduleId): void {
    if (moduleId === undefined || moduleId === '')
      throw new VigilError('ERR_FLEET_MODULE', 'an admin module has no moduleId');
    if (this.#modules.has(moduleId))
      throw new VigilError('ERR_FLEET_MODULE', `there are two admin modules "${moduleId}"`);
    const schedule = new ModuleSchedule(this.#settings.clock);
    this.#modules.set(moduleId, { module, schedule, enabled: true });
  }

  has(moduleId: string): boolean {
    return this.#modules.has(moduleId);
  }

  /** What arrives is passed on from now on. */
  attach(agent: MasterAgent | MonitorAgent): void {
    this.#agent = agent;
  }

  /**
   * Starts the schedules of all modules, then calls `start` of one after the other.
   *
   * @throws ERR_FLEET_MODULE when one could not start; the schedules are stopped again
   */
  async start(agent: MasterAgent | MonitorAgent): Promise<void> {
    this.attach(agent);
    for (const [id, hosted] of this.#modules) this.#schedule(id, hosted);
    try {
      for (const [id, { module }] of this.#modules) {
        await startModule(id, module, this.#settings);
      }
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** Nothing is called any more. */
  stop(): void {
    this.#agent = null;
    for (const { schedule } of this.#modules.values()) schedule.stop();
  }

  /** @returns false when there is no such module */
  enable(moduleId: string): boolean {
    const hosted = this.#modules.get(moduleId);
    if (hosted === undefined) return false;
    if (!hosted.enabled) {
      hosted.enabled = true;
      this.#schedule(moduleId, hosted);
    }
    return true;
  }

  /** @returns false when there is no such module */
  disable(moduleId: string): boolean {
    const hosted = this.#modules.get(moduleId);
    if (hosted === undefined) return false;
    hosted.enabled = false;
    hosted.schedule.stop();
    return true;
  }

  deliver({ moduleId, body, from, answer }: ModuleCall): void {
    const answered = this.#answerer(moduleId, answer);
    const hosted = this.#modules.get(moduleId);
    if (hosted === undefined) answered(`unknown moduleId:${moduleId}`);
    else if (!hosted.enabled) answered(`module ${moduleId} is disabled`);
    else this.#call(handlerFor(this.#settings.role, from), { moduleId, body, answered });
  }

  command({ command, moduleId, from, answer }: ModuleCommand): void {
    const answered = this.#answerer(moduleId ?? '', answer);
    if (command === 'list') {
      answered(null, { modules: this.ids.filter((id) => !HIDDEN.test(id)) });
    } else if (command !== 'enable' && command !== 'disable') {
      answered(`unknown command:${command}`);
    } else if (!mayCommand(from)) {
      answered('Command permission denied');
    } else if (moduleId === null || moduleId === '') {
      answered('empty moduleId');
    } else {
      answered(null, this.#switch(command, moduleId) ? 1 : 0);
    }
  }

  #switch(command: 'enable' | 'disable', moduleId: string): boolean {
    const known = command === 'enable' ? this.enable(moduleId) : this.disable(moduleId);
    const agent = this.#agent;
    if (known && agent !== null && 'notifyCommand' in agent) agent.notifyCommand(command, moduleId);
    return known;
  }

  #schedule(moduleId: string, { module, schedule, enabled }: HostedModule): void {
    const { role } = this.#settings;
    const { type, interval, delay = 0 } = module;
    if (!enabled || this.#agent === null || interval === undefined) return;
    if (type !== (role === 'master' ? 'pull' : 'push')) return;
    const intervalMs = Math.max(secondsToMs(interval), SHORTEST_INTERVAL_MS);
    schedule.start(secondsToMs(delay), intervalMs, () => {
      const answered = this.#answerer(moduleId, null);
      this.#call(role === 'master' ? 'masterHandler' : 'monitorHandler', {
        moduleId,
        body: null,
        answered,
      });
    });
  }

  #call(
    name: HandlerName,
    { moduleId, body, answered }: { moduleId: string; body: unknown; answered: AdminAnswer },
  ): void {
    // By its name and not by its type: which agent belongs to it follows from the role.
    const module = this.#modules.get(moduleId)?.module as Partial<Record<HandlerName, Handler>>;
    const agent = this.#agent;
    if (agent === null) answered(`module ${moduleId} is not started`);
    else if (typeof module[name] !== 'function') answered(`module ${moduleId} has no ${name}`);
    else {
      callHandler(() => module[name]?.(agent, body, answered), {
        answered,
        onTrouble: (error) => {
          this.#settings.onTrouble(moduleId, error);
        },
      });
    }
  }

  #answerer(moduleId: string, answer: AdminAnswer | null): AdminAnswer {
    return answerOnce(answer, (error) => {
      this.#settings.onTrouble(moduleId, error);
    });
  }
}

type Handler = (agent: unknown, body: unknown, answered: AdminAnswer) => unknown;
type HandlerName = 'clientHandler' | 'masterHandler' | 'monitorHandler';

function handlerFor(role: 'master' | 'monitor', from: Sender): HandlerName {
  if (role === 'monitor') return 'monitorHandler';
  return from.kind === 'client' ? 'clientHandler' : 'masterHandler';
}

function mayCommand(from: Sender): boolean {
  return from.kind === 'master' || (from.kind === 'client' && from.level === 1);
}

function secondsToMs(seconds: number): number {
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}
