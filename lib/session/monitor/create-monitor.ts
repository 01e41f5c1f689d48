import type { ResolvedSessionOptions } from '../options.ts';
import { Monitor } from './monitor.ts';
import type { MonitorContext } from './monitor-context.ts';
import type { StartedServer } from './server-fork.ts';
import { SessionEngine } from './session-engine.ts';

interface MonitorParts {
  readonly options: ResolvedSessionOptions;
  readonly context: MonitorContext;
  readonly unlock: () => void;
  /** The first server process, when it was started already. */
  readonly started: StartedServer | null;
}

/** Makes the monitor with all that belongs to it; a module of its own, because the server is started before it is loaded. @lazy */
export function createMonitor({ options, context, unlock, started }: MonitorParts): Monitor {
  const engine = new SessionEngine(options, { ...context, started }, unlock);
  for (const text of context.warnings ?? []) engine.log('warn', text);
  context.takeOver?.conduct(engine);
  return new Monitor(engine);
}
