import type { ResolvedSessionOptions } from '../options.ts';
import { Monitor } from './monitor.ts';
import type { MonitorContext } from './monitor-context.ts';
import type { StartedServer } from './server-fork.ts';
import { SessionEngine } from './session-engine.ts';
import type { TakeOver } from './take-over.ts';

interface MonitorParts {
  readonly options: ResolvedSessionOptions;
  readonly context: MonitorContext;
  readonly unlock: () => void;
  /** The first server process, when it was started already. */
  readonly started: StartedServer | null;
  readonly takeOver: TakeOver | null;
}

/** Makes the monitor with all that belongs to it; a module of its own, because the server is started before it is loaded. @lazy */
export function createMonitor(parts: MonitorParts): Monitor {
  const { options, context, unlock, started, takeOver } = parts;
  const engine = new SessionEngine(options, { ...context, started, takeOver }, unlock);
  for (const text of context.warnings ?? []) engine.log('warn', text);
  openServiceManager(engine, parts);
  takeOver?.conduct(engine);
  const monitor = new Monitor(engine);
  engine.services.facade = monitor;
  return monitor;
}

function openServiceManager(engine: SessionEngine, { context, takeOver }: MonitorParts): void {
  const { notifyDoor: door = null, clock } = context;
  if (door === null) return;
  const { ServiceManager } =
    require('./service-manager/service-manager') as typeof import('./service-manager/service-manager.ts');
  // Only the process that a service manager starts for good is told of its watchdog.
  const watchdogMs = door.watchdogMs ?? takeOver?.watchdogMs ?? null;
  engine.services.serviceManager = new ServiceManager({
    door: { ...door, watchdogMs },
    clock,
    session: engine,
    warn: (text) => {
      engine.log('warn', text);
    },
    isSuccessor: takeOver !== null,
  });
}
