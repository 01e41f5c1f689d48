import { VigilError } from '../../errors.ts';
import type { AdminModule } from '../modules/admin-module.ts';
import type { ModuleHost } from '../modules/module-host.ts';
import { isClass } from './is-class.ts';

interface Registered {
  readonly moduleId: string | undefined;
  readonly given: unknown;
  readonly options: unknown;
}

/** The admin modules an application was given; they are made when its process takes up its role. */
export class AdminRegistry {
  readonly #registered: Registered[] = [];

  add(registered: Registered): void {
    this.#registered.push(registered);
  }

  /** @throws ERR_FLEET_MODULE when one cannot be made, has no id, or two have the same */
  fill(host: ModuleHost, app: unknown): void {
    for (const { moduleId, given, options } of this.#registered) {
      const module = makeModule(given, options, app);
      host.add(module, moduleId ?? idOf(given) ?? module.moduleId);
    }
  }
}

function makeModule(given: unknown, options: unknown, app: unknown): AdminModule {
  const source = defaultOf(given);
  const made: unknown = typeof source === 'function' ? make(source, options, app) : source;
  if (typeof made === 'object' && made !== null) return made;
  const found = String(made);
  const text = `an admin module is an object or a function that makes one, not ${found}`;
  throw new VigilError('ERR_FLEET_MODULE', text);
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- whatever it is, it is called
function make(factory: Function, options: unknown, app: unknown): unknown {
  if (isClass(factory)) return Reflect.construct(factory, [options, app]);
  return Reflect.apply(factory, undefined, [options, app]);
}

/** Older modules have it beside the function that makes them. */
function idOf(given: unknown): string | undefined {
  const { moduleId } = (given ?? {}) as { moduleId?: unknown };
  return typeof moduleId === 'string' ? moduleId : undefined;
}

function defaultOf(given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given;
  return (given as { default?: unknown }).default ?? given;
}
