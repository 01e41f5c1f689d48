import type { AdminModule } from './admin-module.ts';
import type { DefaultModulesSettings } from './default-modules-settings.ts';
import type { ModuleHost } from './module-host.ts';
import type { WatchServer } from './watch-server.ts';

/** What lets clients do more than look. */
const GUARDS = ['adminScripts', 'adminProfiler'];

/** Adds the modules that every process of a fleet has, unless the application has one of that name. */
export function addDefaultModules(host: ModuleHost, settings: DefaultModulesSettings): void {
  const { app } = settings;
  const modules: AdminModule[] = [createWatchServer(settings)];
  if (app.enabled('systemMonitor')) modules.push(...loadSystemMonitor(settings));
  if (app.enabled('adminScripts')) modules.push(loadScripts(settings));
  if (app.enabled('adminProfiler')) modules.push(loadProfiler(settings));
  for (const module of modules) {
    if (!host.has(module.moduleId ?? '')) host.add(module);
  }
}

/** Loaded when somebody asks it something. What it may do is settled here, once and for all. */
function createWatchServer(settings: DefaultModulesSettings): AdminModule {
  const { app } = settings;
  const allowed = new Set(GUARDS.filter((name) => app.enabled(name)));
  let loaded: WatchServer | null = null;
  const load = (): WatchServer => {
    const watch = require('./watch-server') as typeof import('./watch-server.ts');
    loaded ??= new watch.WatchServer(settings, allowed);
    return loaded;
  };
  return {
    moduleId: 'watchServer',
    monitorHandler: (agent, message, answer) => load().monitorHandler(agent, message, answer),
    clientHandler: (agent, message, answer) => {
      load().clientHandler(agent, message, answer);
    },
  };
}

function loadSystemMonitor(settings: DefaultModulesSettings): AdminModule[] {
  const { createSystemMonitor } =
    require('./system-monitor') as typeof import('./system-monitor.ts');
  return createSystemMonitor(settings);
}

function loadScripts({ app }: DefaultModulesSettings): AdminModule {
  const { Scripts } = require('./scripts') as typeof import('./scripts.ts');
  return new Scripts(app);
}

function loadProfiler(settings: DefaultModulesSettings): AdminModule {
  const { Profiler } = require('./profiler') as typeof import('./profiler.ts');
  return new Profiler(settings);
}
