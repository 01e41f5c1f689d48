import type { Clock } from '../../util/clock.ts';
import type { ModuleApp } from './module-app.ts';
import type { StatusWatch } from './process-status.ts';

/** What our own admin modules take from the process they are in. */
export interface DefaultModulesSettings {
  readonly app: ModuleApp;
  readonly status: StatusWatch;
  readonly clock: Clock;
}
