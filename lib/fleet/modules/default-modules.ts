import type { AdminModule } from './admin-module.ts';
import type { DefaultModulesSettings } from './default-modules-settings.ts';
import type { ModuleHost } from './module-host.ts';

/** Adds the modules that every process of a fleet has, unless the application has one of that name. */
export function addDefaultModules(host: ModuleHost, settings: DefaultModulesSettings): void {
  const { app } = settings;
  const modules: AdminModule[] = [loadWatchServer(settings)];
  if (app.enabled('systemMonitor')) modules.push(...loadSystemMonitor(settings));
  if (app.enabled('adminScripts')) modules.push(loadScripts(settings));
  if (app.enabled('adminProfiler')) modules.push(loadProfiler(settings));
  for (const module of modules) {
    if (!host.has(module.moduleId ?? '')) host.add(module);
  }
}

function loadWatchServer(settings: DefaultModulesSettings): AdminModule {
  const { WatchServer } = require('./watch-server') as typeof import('./watch-server.ts');
  return new WatchServer(settings);
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
