import { VigilError } from '../../errors.ts';
import { isClass } from './is-class.ts';

export type Callback = (error?: unknown) => void;

/**
 * A part of an application that starts and stops with it.
 *
 * Each function is optional, and tells its end by the callback or by a promise, whichever comes first; one that
 * declares no callback and returns no promise has ended when it returns.
 */
export interface Component {
  readonly name?: string;
  beforeStart?(done: Callback): unknown;
  start?(done: Callback): unknown;
  afterStart?(done: Callback): unknown;
  /** All servers of the fleet have started. */
  afterStartAll?(): unknown;
  /** @param force - whether the process ends for certain afterwards */
  stop?(force: boolean, done: Callback): unknown;
}

/** Makes a component; a class is called with `new`. */
export type ComponentFactory<App> =
  ((app: App, options?: never) => Component) | (new (app: App, options?: never) => Component);

/**
 * What `app.load` was given, as a component: itself, what the function makes, or the default of an ES module.
 *
 * @throws ERR_FLEET_COMPONENT when it comes to nothing
 */
export function createComponent(given: unknown, app: unknown, options: unknown): Component {
  const source = withoutDefault(given);
  const made: unknown = typeof source === 'function' ? make(source, app, options) : source;
  if (typeof made === 'object' && made !== null) return made;
  const found =
    typeof source === 'function' ? `a function that returned ${String(made)}` : String(made);
  throw new VigilError(
    'ERR_FLEET_COMPONENT',
    `a component is an object or a function that makes one, not ${found}`,
  );
}

/** The name of what was given: its own, or that of the function. */
export function nameOf(given: unknown): string | undefined {
  const { name } = (withoutDefault(given) ?? {}) as { name?: unknown };
  return typeof name === 'string' && name !== '' ? name : undefined;
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- whatever it is, it is called
function make(factory: Function, app: unknown, options: unknown): unknown {
  if (isClass(factory)) return Reflect.construct(factory, [app, options]);
  return Reflect.apply(factory, undefined, [app, options]);
}

function withoutDefault(given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given;
  const inner = (given as { default?: unknown }).default;
  return typeof inner === 'function' || (typeof inner === 'object' && inner !== null)
    ? inner
    : given;
}
