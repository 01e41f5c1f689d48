type Interceptor = (...args: unknown[]) => boolean;

/**
 * Stands between Node and the listeners the user's code has on `process`.
 *
 * Vigil's own messages must not reach a server that listens for its parent's, and a Ctrl-C that
 * reaches the whole process group must not let the server's handler overtake the drain.
 */
export class ProcessEvents {
  readonly #interceptors = new Map<string | symbol, Interceptor[]>();
  readonly #emit: (event: string | symbol, ...args: unknown[]) => boolean;

  constructor() {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- bound by apply
    const emit = process.emit as (event: string | symbol, ...args: unknown[]) => boolean;
    this.#emit = (event, ...args) => emit.apply(process, [event, ...args] as never);
  }

  install(): void {
    process.emit = ((event: string | symbol, ...args: unknown[]): boolean => {
      if (this.#interceptors.get(event)?.some((take) => take(...args)) === true) return true;
      return this.#emit(event, ...args);
    }) as typeof process.emit;
  }

  /** `take` is asked first; what it returns true for reaches no listener. */
  intercept(event: string | symbol, take: Interceptor): void {
    this.#interceptors.set(event, [...(this.#interceptors.get(event) ?? []), take]);
  }

  /** Emits to the listeners past every interceptor. */
  deliver(event: string | symbol, ...args: unknown[]): boolean {
    return this.#emit(event, ...args);
  }
}
