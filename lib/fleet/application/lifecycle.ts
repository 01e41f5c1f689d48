import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clock } from '../../util/clock.ts';
import type { Callback } from './component.ts';
import { isClass } from './is-class.ts';
import { settleCallback } from './settle-callback.ts';

/** What `app/servers/<type>/lifecycle.js` exports, or makes; each function is optional. */
export interface LifecycleHooks<App = unknown> {
  /** Before any component starts. */
  beforeStartup?(app: App, done: Callback): unknown;
  /** After every component has started. */
  afterStartup?(app: App, done: Callback): unknown;
  /** Before any component stops. `shutDown` goes on; `cancelDeadline` lets it take as long as it likes. */
  beforeShutdown?(app: App, shutDown: () => void, cancelDeadline: () => void): unknown;
  /** All servers of the fleet have started. */
  afterStartAll?(app: App): unknown;
}

const NAMES = ['lifecycle.js', 'lifecycle.mjs', 'lifecycle.cjs'];

/**
 * Loads the hooks of a type: an object, or a function (or class) that makes one, as `module.exports` or as default.
 *
 * @returns no hooks when there is no such file
 * @throws what the module throws
 */
export async function loadLifecycle<App>(
  { base, serverType }: { readonly base: string; readonly serverType: string },
  app: App,
): Promise<LifecycleHooks<App>> {
  const folder = join(base, 'app', 'servers', serverType);
  const file = NAMES.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined) return {};
  const module: unknown = await import(pathToFileURL(file).href);
  return makeHooks(module, app);
}

/** The hooks that a module exports. */
export function makeHooks<App>(module: unknown, app: App): LifecycleHooks<App> {
  // Of an ES module compiled to CommonJS the default stands within the default.
  const source = defaultOf(defaultOf(module));
  if (typeof source !== 'function') return source ?? {};
  const hooks: unknown = isClass(source)
    ? Reflect.construct(source, [app])
    : Reflect.apply(source, undefined, [app]);
  return hooks ?? {};
}

function defaultOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return (value as { default?: unknown }).default ?? value;
}

export interface HookLimits {
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/** Runs a hook of the start. @throws what it fails with */
export async function runStartupHook<App>(
  name: 'beforeStartup' | 'afterStartup',
  { hooks, app }: { readonly hooks: LifecycleHooks<App>; readonly app: App },
  limits: HookLimits,
): Promise<void> {
  const takesCallback = (hooks[name]?.length ?? 0) > 1;
  const options = { ...limits, what: `lifecycle, ${name}`, takesCallback };
  await settleCallback((done) => hooks[name]?.(app, done), options);
}

/** Runs the hook before the stop. @throws what it fails with */
export async function runShutdownHook<App>(
  { hooks, app }: { readonly hooks: LifecycleHooks<App>; readonly app: App },
  limits: HookLimits,
): Promise<void> {
  const takesCallback = (hooks.beforeShutdown?.length ?? 0) > 1;
  const options = { ...limits, what: 'lifecycle, beforeShutdown', takesCallback };
  await settleCallback((done, extend) => {
    const shutDown = (): void => {
      done();
    };
    return hooks.beforeShutdown?.(app, shutDown, extend);
  }, options);
}
