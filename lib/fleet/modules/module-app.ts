import type { EventEmitter } from 'node:events';
import type { ServerFacts } from '../application/server-facts.ts';

/** What our own admin modules use of the application they run in. */
export interface ModuleApp {
  /** 1 to 5. */
  readonly state: number;
  readonly event: EventEmitter;
  /** The names of its components, in the order they were loaded. */
  readonly componentNames: readonly string[];
  /** The names of what was set, without their values. */
  readonly settingNames: readonly string[];
  get(name: string): unknown;
  set(name: string, value: unknown): unknown;
  enable(name: string): unknown;
  disable(name: string): unknown;
  enabled(name: string): boolean;
  getServers(): Readonly<Record<string, ServerFacts>>;
  stop(force?: boolean): Promise<void>;
}
