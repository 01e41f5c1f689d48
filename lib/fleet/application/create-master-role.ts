import { MasterRuntime } from '../master/master-runtime.ts';
import { addDefaultModules } from '../modules/default-modules.ts';
import { ModuleHost } from '../modules/module-host.ts';
import { StatusWatch } from '../modules/process-status.ts';
import { textOfTrouble } from './application-words.ts';
import type { MasterRole, MasterSettings } from './master-role.ts';
import type { Role } from './role.ts';
import type { RoleSettings } from './role-settings.ts';
import type { ServerFacts } from './server-facts.ts';
import type { ServerMap } from './server-map.ts';

/** The master: it starts the servers once its own components are ready, and ends them before those. @lazy */
export function createMasterRole(settings: RoleSettings): Role {
  const { surroundings, deadlines, app, fillModules, warn } = settings;
  const modules = new ModuleHost({
    role: 'master',
    clock: surroundings.clock,
    startMs: deadlines.startMs,
    onTrouble: (moduleId, error) => {
      warn(textOfTrouble({ where: `admin module "${moduleId}"`, error }));
    },
  });
  const status = new StatusWatch(surroundings.clock);
  let runtime: MasterRole | null = null;
  return {
    start: () => Promise.resolve(),
    async afterStart() {
      fillModules(modules);
      addDefaultModules(modules, { app, status, clock: surroundings.clock });
      status.start();
      const master: MasterRole = new MasterRuntime(createMasterSettings(settings, modules));
      runtime = master;
      await master.start();
    },
    started: () => undefined,
    async beforeStop(force) {
      await runtime?.stop(force);
      modules.stop();
      status.stop();
    },
    afterStop: () => Promise.resolve(),
  };
}

function createMasterSettings(
  { facts, surroundings, app, servers, warn, onAllStarted }: RoleSettings,
  modules: ModuleHost,
): MasterSettings {
  const { base, main, env, wanted } = facts;
  const { clock, nodeArgs, words, log } = surroundings;
  return {
    base,
    main,
    env,
    wanted,
    nodeArgs,
    words: words as MasterSettings['words'],
    modules,
    clock,
    log,
    onAllStarted,
    onTopology: (event, value) => {
      follow(servers, event, value);
      app.event.emit(event, value);
    },
    requestStop: (reason) => {
      warn(reason);
      void app.stop(true).catch(() => undefined);
    },
  };
}

/** Keeps what the application knows of the servers up to date. */
function follow(servers: ServerMap, event: string, value: unknown): void {
  if (event === 'add_servers') servers.add(value as readonly ServerFacts[]);
  else if (event === 'remove_servers') servers.remove(value as readonly string[]);
  else servers.replace(Object.values(value as Readonly<Record<string, ServerFacts>>));
}
