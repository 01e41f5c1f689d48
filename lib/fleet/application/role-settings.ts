import type { ModuleApp } from '../modules/module-app.ts';
import type { ModuleHost } from '../modules/module-host.ts';
import type { ApplicationFacts } from './application-facts.ts';
import type { Deadlines } from './component-driver.ts';
import type { ServerMap } from './server-map.ts';
import type { ProcessSurroundings } from './process-surroundings.ts';

/** What the role of a process takes from its application. */
export interface RoleSettings {
  readonly facts: ApplicationFacts;
  readonly surroundings: ProcessSurroundings;
  readonly app: ModuleApp;
  readonly servers: ServerMap;
  readonly deadlines: Deadlines;
  /** Adds the admin modules that the application has registered. */
  readonly fillModules: (host: ModuleHost) => void;
  readonly warn: (text: string) => void;
  readonly onAllStarted: () => void;
}
