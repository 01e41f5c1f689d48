/** Calls back when signals are aborted, with one listener for each signal however many requests share it. */
export class AbortWatch {
  readonly #watches = new Map<AbortSignal, Watch>();

  watch(signal: AbortSignal, id: number, onAbort: () => void): void {
    let watch = this.#watches.get(signal);
    if (watch === undefined) {
      const callbacks = new Map<number, () => void>();
      watch = {
        callbacks,
        listener: () => {
          for (const callback of callbacks.values()) callback();
        },
      };
      this.#watches.set(signal, watch);
      signal.addEventListener('abort', watch.listener);
    }
    watch.callbacks.set(id, onAbort);
  }

  unwatch(signal: AbortSignal, id: number): void {
    const watch = this.#watches.get(signal);
    if (watch === undefined) return;
    watch.callbacks.delete(id);
    if (watch.callbacks.size > 0) return;
    this.#watches.delete(signal);
    signal.removeEventListener('abort', watch.listener);
  }
}

interface Watch {
  readonly callbacks: Map<number, () => void>;
  readonly listener: () => void;
}
