import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { VigilError } from '../../errors.ts';
import { createDeferred, type Deferred } from '../../util/deferred.ts';
import type { MonitorEvent } from '../monitor/monitor-event.ts';
import { MonitorLink } from '../monitor/monitor-link.ts';
import { addDefaultModules } from '../modules/default-modules.ts';
import { ModuleHost } from '../modules/module-host.ts';
import { MonitorConsole } from '../modules/monitor-console.ts';
import { MonitorWatcher } from '../modules/monitor-watcher.ts';
import { StatusWatch } from '../modules/process-status.ts';
import { watchParent } from '../plan/watch-parent.ts';
import { textOfError } from './application-life.ts';
import { textOfTrouble } from './application-words.ts';
import { findToken } from './find-token.ts';
import type { Role } from './role.ts';
import type { RoleSettings } from './role-settings.ts';

/** As of a process that was ended by SIGKILL. */
const KILLED = 137;

/** A server: registers with the master, says when it has started, and does what the master orders. @lazy */
export class ServerRole implements Role {
  readonly #settings: RoleSettings;
  readonly #modules: ModuleHost;
  readonly #watcher: MonitorWatcher;
  readonly #status: StatusWatch;
  readonly #link: MonitorLink;
  readonly #away: Deferred = createDeferred();
  #isAway = false;
  #isStarted = false;
  #isEnding = false;

  constructor(settings: RoleSettings) {
    this.#settings = settings;
    const { app, servers, onAllStarted, surroundings, deadlines } = settings;
    this.#modules = new ModuleHost({
      role: 'monitor',
      clock: surroundings.clock,
      startMs: deadlines.startMs,
      onTrouble: (moduleId, error) => {
        settings.warn(textOfTrouble({ where: `admin module "${moduleId}"`, error }));
      },
    });
    this.#watcher = new MonitorWatcher({ servers, event: app.event, onAllStarted });
    this.#status = new StatusWatch(surroundings.clock);
    this.#link = this.#createLink();
  }

  async start(): Promise<void> {
    const { app, surroundings, fillModules, warn } = this.#settings;
    fillModules(this.#modules);
    const kill = (): void => {
      surroundings.end(KILLED);
    };
    this.#modules.add(this.#watcher);
    this.#modules.add(new MonitorConsole({ app, status: this.#status, kill }));
    addDefaultModules(this.#modules, { app, status: this.#status, clock: surroundings.clock });
    this.#status.start();
    watchParent(surroundings.clock, () => {
      warn('the master is gone: this server ends with it');
      this.#end(0);
    });
    this.#modules.attach(this.#link);
    await this.#join();
    await this.#modules.start(this.#link);
  }

  afterStart(): Promise<void> {
    return Promise.resolve();
  }

  started(): void {
    this.#isStarted = true;
    this.#watcher.record(this.#link);
  }

  beforeStop(): Promise<void> {
    return Promise.resolve();
  }

  /** Until here the master was told how this server is. */
  async afterStop(): Promise<void> {
    this.#isEnding = true;
    this.#modules.stop();
    this.#status.stop();
    await this.#link.close();
  }

  /** Waits until the master has taken this server, or is known to be away: then it runs without, and tries on. */
  async #join(): Promise<void> {
    const joined = this.#link.connect();
    await Promise.race([joined, this.#away.promise]);
    joined.catch((error: unknown) => {
      if (!this.#isStarted || this.#isEnding) return;
      this.#settings.warn(textOfError(error));
      this.#end(1);
    });
  }

  #onLink(event: MonitorEvent): void {
    const { warn, facts, surroundings } = this.#settings;
    switch (event.type) {
      case 'master.joined':
        if (event.again || this.#isAway)
          surroundings.log(`vigil: ${facts.serverId} is registered again`);
        this.#isAway = false;
        this.#watcher.subscribe(this.#link);
        if (this.#isStarted) this.#watcher.record(this.#link);
        return;
      case 'master.away':
      case 'master.refused':
        // Once for each time it goes.
        if (!this.#isAway) warn(`${TEXTS[event.type]}: ${event.reason}; trying again`);
        this.#isAway = true;
        this.#away.resolve();
        return;
      case 'module.trouble':
        warn(textOfTrouble({ where: `admin module "${event.moduleId}"`, error: event.error }));
    }
  }

  #end(code: number): void {
    this.#isEnding = true;
    const end = (): void => {
      if (code !== 0) this.#settings.surroundings.end(code);
    };
    this.#settings.app.stop(true).then(end, end);
  }

  #createLink(): MonitorLink {
    const { facts, surroundings } = this.#settings;
    const { master, shown, serverId, serverType } = facts;
    return new MonitorLink({
      clock: surroundings.clock,
      host: dialled(String(master.host)),
      port: Number(master.port),
      certificate: readCertificate(facts.base, master['tls']),
      identity: { id: serverId, serverType, pid: process.pid, info: { ...shown } },
      token: findToken(facts, serverType),
      desk: this.#modules,
      onEvent: (event) => {
        this.#onLink(event);
      },
    });
  }
}

const TEXTS = {
  'master.away': 'the master is away',
  'master.refused': 'the master does not take this server',
} as const;

/** A master that listens everywhere is found on this machine. */
function dialled(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** The certificate that the master is to show. @throws ERR_CONFIG_READ */
function readCertificate(base: string, tls: unknown): Buffer | null {
  const { cert } = (tls ?? {}) as { readonly cert?: unknown };
  if (typeof cert !== 'string') return null;
  const file = resolve(base, cert);
  try {
    return readFileSync(file);
  } catch (cause) {
    const text = `${file}: ${textOfError(cause)}`;
    throw new VigilError('ERR_CONFIG_READ', text, { cause });
  }
}
