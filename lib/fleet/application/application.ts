import { EventEmitter } from 'node:events';
import { VigilError } from '../../errors.ts';
import { checkFunction } from '../../util/check-function.ts';
import type { AdminModule, AdminModuleFactory } from '../modules/admin-module.ts';
import { AdminRegistry } from './admin-registry.ts';
import { type ApplicationFacts, readFacts } from './application-facts.ts';
import { ApplicationLife } from './application-life.ts';
import { STATE_NUMBERS } from './application-machine.ts';
import { readDeadlines, tellEnd, textOfTrouble } from './application-words.ts';
import { type Component, type ComponentFactory, createComponent, nameOf } from './component.ts';
import { ComponentDriver } from './component-driver.ts';
import { isNamed } from './is-named.ts';
import { loadLifecycle } from './lifecycle.ts';
import { readConfig } from './read-config.ts';
import type { Role } from './role.ts';
import type { ServerFacts } from './server-facts.ts';
import { ServerMap } from './server-map.ts';
import { Settings } from './settings.ts';
import type { ApplicationSurroundings } from './surroundings.ts';

export interface ApplicationOptions {
  /** Directory of the application; default: that of the file node was started with. */
  readonly base?: string;
}

/** Made by `createApp` alone, or by a test. */
let construct: (surroundings: ApplicationSurroundings, options: ApplicationOptions) => Application;

/**
 * One process of a fleet: the master, or a server. It holds settings and components, starts and stops them in order,
 * and has no logic of its own.
 *
 * Made by `createApp()`.
 */
export class Application {
  /** Tells `start_server` (id), `start_all`, and of other servers `add_servers`, `remove_servers`, `replace_servers`. */
  readonly event: EventEmitter = new EventEmitter();
  /** Components by name. */
  readonly components: Readonly<Record<string, Component>> = {};
  readonly #surroundings: ApplicationSurroundings;
  readonly #facts: ApplicationFacts;
  readonly #settings: Settings;
  readonly #servers = new ServerMap();
  readonly #driver: ComponentDriver;
  readonly #admins = new AdminRegistry();
  readonly #life: ApplicationLife<Application>;
  #startedAt = 0;

  static {
    construct = (surroundings, options) => new Application(surroundings, options);
  }

  private constructor(surroundings: ApplicationSurroundings, { base }: ApplicationOptions) {
    this.#surroundings = surroundings;
    this.#facts = readFacts(surroundings, base);
    this.#settings = new Settings(this.#facts);
    this.#servers.replace(this.#facts.servers);
    this.#driver = new ComponentDriver(surroundings.clock);
    this.#life = this.#createLife();
  }

  /** 1 INITED, 2 BEFORE_START, 3 START, 4 STARTED, 5 STOPPED. */
  get state(): number {
    return STATE_NUMBERS[this.#life.state];
  }

  /** The names of its components, in the order they were loaded. */
  get componentNames(): readonly string[] {
    return Object.keys(this.components);
  }

  /** The names of all settings. */
  get settingNames(): readonly string[] {
    return this.#settings.names;
  }

  get(name: 'serverId' | 'serverType' | 'env' | 'base' | 'main'): string;
  get(name: 'master' | 'curServer'): ServerFacts;
  get(name: string): unknown;
  get(name: string): unknown {
    return this.#settings.get(name);
  }

  /** @param attach - whether the value becomes a property of the application as well; default false */
  set(name: string, value: unknown, attach = false): this {
    this.#settings.set(name, value);
    if (attach && !(name in this)) Object.defineProperty(this, name, { value, configurable: true });
    return this;
  }

  enable(name: string): this {
    return this.set(name, true);
  }

  disable(name: string): this {
    return this.set(name, false);
  }

  enabled(name: string): boolean {
    return Boolean(this.get(name));
  }

  disabled(name: string): boolean {
    return !this.enabled(name);
  }

  /**
   * Calls a function at once, when this process is meant: `configure(fn)`, `configure('production', fn)`,
   * `configure('production|staging', 'gate|connector', fn)`; `all` stands for each.
   */
  configure(...given: [...wanted: string[], configure: (this: this) => void]): this {
    const configure = given.at(-1);
    checkFunction(configure, 'the last argument of configure');
    const [env = 'all', type = 'all'] = given.slice(0, -1) as string[];
    const isMeant = isNamed(this.#facts.env, env) && isNamed(this.#facts.serverType, type);
    if (isMeant) (configure as (this: this) => void).call(this);
    return this;
  }

  /** Keeps a function that chooses servers of a type, for the components that send to them: `get('routes')`. */
  route(serverType: string, choose: (...values: never[]) => unknown): this {
    checkFunction(choose, 'a route');
    const routes = (this.get('routes') ?? {}) as Readonly<Record<string, unknown>>;
    return this.set('routes', { ...routes, [serverType]: choose });
  }

  /**
   * Sets `name` to what a file of the application says: the part under the name of the environment, or all of it; or
   * else the file of that name in `config/<env>/`.
   *
   * @throws ERR_CONFIG_READ when there is none, or it is no JSON
   */
  loadConfig(name: string, path: string): this {
    const value = readConfig(this.#facts, path);
    if (value !== undefined) return this.set(name, value);
    throw new VigilError('ERR_CONFIG_READ', `there is no ${path} in ${this.#facts.base}`);
  }

  /**
   * Adds a component: an object, or a function that is called with the application and the options. A second one of
   * the same name is not taken.
   *
   * @returns the component of that name
   * @throws ERR_FLEET_STARTED when components have begun to start
   * @throws ERR_FLEET_COMPONENT when the function makes none
   */
  load(component: Component | ComponentFactory<Application>, options?: unknown): Component;
  load(
    name: string,
    component: Component | ComponentFactory<Application>,
    options?: unknown,
  ): Component;
  load(first: unknown, second?: unknown, third?: unknown): Component {
    const hasName = typeof first === 'string';
    const [given, options] = hasName ? [second, third] : [first, second];
    this.#checkNotStarted('a component can be loaded');
    const component = createComponent(given, this, options);
    const name = hasName ? first : (nameOf(given) ?? nameOf(component));
    const before = name === undefined ? undefined : this.#find(name);
    if (before !== undefined) {
      this.#warn(`there is a component "${String(name)}" already: the second one is not loaded`);
      return before;
    }
    this.#driver.add(component, name);
    if (name !== undefined)
      Object.defineProperty(this.components, name, { value: component, enumerable: true });
    return component;
  }

  /**
   * Adds an admin module: an object, or a function that is called with the options and the application.
   *
   * @throws ERR_FLEET_STARTED when components have begun to start
   */
  registerAdmin(module: AdminModule | AdminModuleFactory<this>, options?: unknown): this;
  registerAdmin(
    moduleId: string,
    module: AdminModule | AdminModuleFactory<this>,
    options?: unknown,
  ): this;
  registerAdmin(first: unknown, second?: unknown, third?: unknown): this {
    this.#checkNotStarted('an admin module can be registered');
    if (typeof first === 'string')
      this.#admins.add({ moduleId: first, given: second, options: third });
    else this.#admins.add({ moduleId: undefined, given: first, options: second });
    return this;
  }

  /**
   * Starts what was loaded: hook `beforeStartup`, every component's `beforeStart`, every `start`, the connection to
   * the master, every `afterStart`, hook `afterStartup`. The first error ends it: what had started is stopped in
   * reverse, one line says why, and the process ends with 1, or 78 for the configuration.
   *
   * @throws ERR_FLEET_STARTED when it is not the first call, and what the start failed with
   */
  start(callback?: (error?: unknown) => void): Promise<void> {
    const isFirst = this.#life.state === 'inited';
    if (isFirst) {
      this.#startedAt = this.#surroundings.clock.now();
      this.#surroundings.onEndSignal(() => void this.stop(true).catch(() => undefined));
    }
    return report(this.#life.start(), callback);
  }

  /**
   * Ends the application: hook `beforeShutdown`, then every component's `stop` in reverse, each with a deadline; the
   * master first stops the servers. Afterwards the process ends.
   *
   * @param force - end the process at once then, whatever still runs; default false: within 3 s
   * @throws ERR_FLEET_COMPONENT when something could not be stopped; the rest has been
   */
  stop(force?: boolean, callback?: (error?: unknown) => void): Promise<void> {
    return report(this.#life.stop(force === true), callback);
  }

  getBase(): string {
    return this.#facts.base;
  }

  getServerId(): string {
    return this.#facts.serverId;
  }

  getServerType(): string {
    return this.#facts.serverType;
  }

  getMaster(): ServerFacts {
    return this.#facts.master;
  }

  /** What this process was started with. */
  getCurServer(): ServerFacts {
    return this.#facts.current;
  }

  /** The servers by id, as far as this process knows: those of the configuration, later those that live. */
  getServers(): Readonly<Record<string, ServerFacts>> {
    return Object.fromEntries(this.#servers.all.map((server) => [server.id, server]));
  }

  getServerById(id: string): ServerFacts | undefined {
    return this.#servers.find(id);
  }

  getServersByType(serverType: string): readonly ServerFacts[] {
    return this.#servers.all.filter((server) => server.serverType === serverType);
  }

  isMaster(): boolean {
    return this.#facts.serverType === 'master';
  }

  /** @param server - default: this one */
  isFrontend(server: ServerFacts = this.getCurServer()): boolean {
    const { frontend } = server as { readonly frontend?: unknown };
    return frontend === true || frontend === 'true';
  }

  #find(name: string): Component | undefined {
    return Object.hasOwn(this.components, name) ? this.components[name] : undefined;
  }

  #checkNotStarted(what: string): void {
    const { state } = this.#life;
    if (state === 'inited' || state === 'beforeStartup') return;
    throw new VigilError('ERR_FLEET_STARTED', `${what} only before the application starts`);
  }

  #createLife(): ApplicationLife<Application> {
    const { base, serverType, serverId } = this.#facts;
    const { clock } = this.#surroundings;
    return new ApplicationLife<Application>({
      app: this,
      clock,
      components: this.#driver,
      deadlines: () => readDeadlines(this.#settings),
      loadHooks: () => loadLifecycle({ base, serverType }, this as Application),
      createRole: () => this.#createRole(),
      onStarted: () => {
        const ms = Math.round(clock.now() - this.#startedAt);
        this.#surroundings.log(`vigil: ${serverId} has started in ${ms} ms, pid ${process.pid}`);
        this.event.emit('start_server', serverId);
      },
      onAllStarted: () => this.event.emit('start_all'),
      onTrouble: (trouble) => {
        this.#warn(textOfTrouble(trouble));
      },
      onEnd: (end) => {
        tellEnd(end, serverId, this.#surroundings);
      },
    });
  }

  #createRole(): Role {
    return this.#surroundings.createRole({
      facts: this.#facts,
      surroundings: this.#surroundings,
      app: this,
      servers: this.#servers,
      deadlines: readDeadlines(this.#settings),
      fillModules: (host) => {
        this.#admins.fill(host, this);
      },
      warn: (line) => {
        this.#warn(line);
      },
      onAllStarted: () => {
        this.#life.tellAllStarted();
      },
    });
  }

  #warn(text: string): void {
    this.#surroundings.warn(`vigil: ${this.#facts.serverId}: ${text}`);
  }
}

/**
 * Makes an application in the surroundings that are given.
 *
 * @throws ERR_CONFIG_READ when a file of the configuration cannot be read
 */
export function createApplication(
  surroundings: ApplicationSurroundings,
  options: ApplicationOptions = {},
): Application {
  return construct(surroundings, options);
}

/** An error that the callback throws is the caller's. */
function report(
  work: Promise<void>,
  callback: ((error?: unknown) => void) | undefined,
): Promise<void> {
  if (callback === undefined) {
    // The line says it; whoever awaits it hears it as well.
    work.catch(() => undefined);
    return work;
  }
  return work.then(
    () => {
      callback();
    },
    (error: unknown) => {
      callback(error);
    },
  );
}
