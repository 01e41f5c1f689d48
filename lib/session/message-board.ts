import { resolveName } from '../ipc/descriptor.ts';
import type { PromisifiedIPCManager } from '../ipc/promisified-ipc-manager.ts';
import { checkFunction } from '../util/check-function.ts';

type Handler = (args: never) => unknown;

/**
 * The user's message handlers of one side, apart from Vigil's own of the same names. In the monitor
 * they outlive each server process and apply to all of them.
 */
export class MessageBoard {
  readonly #handlers = new Map<string, Handler[]>();
  readonly #managers = new Set<PromisifiedIPCManager>();

  /** @throws ERR_ARGUMENT for a bad name or handler, at once: the next server process would be too late */
  on(name: string, handler: Handler): void {
    checkFunction(handler, 'a message handler');
    resolveName(name);
    const handlers = this.#handlers.get(name) ?? [];
    handlers.push(handler);
    this.#handlers.set(name, handlers);
    for (const manager of this.#managers) manager.on(name, handler as (args: unknown) => unknown);
  }

  off(name: string, handler: Handler): void {
    const handlers = this.#handlers.get(name)?.filter((one) => one !== handler) ?? [];
    this.#handlers.set(name, handlers);
    for (const manager of this.#managers) manager.off(name, handler);
  }

  /** Vigil's own handlers of the same names stay. */
  clear(names: readonly string[]): void {
    for (const name of names) {
      for (const handler of this.#handlers.get(name) ?? []) this.off(name, handler);
    }
  }

  /** Applies all handlers to the conversation with a new server process. */
  join(manager: PromisifiedIPCManager): void {
    this.#managers.add(manager);
    for (const [name, handlers] of this.#handlers) {
      for (const handler of handlers) manager.on(name, handler as (args: unknown) => unknown);
    }
  }

  leave(manager: PromisifiedIPCManager): void {
    this.#managers.delete(manager);
  }
}
