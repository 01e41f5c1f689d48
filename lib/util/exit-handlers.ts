import { checkFunction } from './check-function.ts';
import type { Clock } from './clock.ts';

/**
 * Called before the process ends: `true` the session ends, `false` this process is being replaced,
 * an Error it crashed.
 */
export type ExitHandler = (reason: Error | boolean) => void | Promise<void>;

export type ExitHandlerFailure =
  | { readonly kind: 'failed'; readonly name: string; readonly error: unknown }
  | { readonly kind: 'timedOut'; readonly name: string; readonly deadlineMs: number };

/** The exit handlers of one process: all run, in reverse order of registration, each with its deadline. */
export class ExitHandlers {
  readonly #handlers: ExitHandler[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#handlers.length;
  }

  /** @throws ERR_ARGUMENT when it is not a function */
  add(handler: ExitHandler): void {
    checkFunction(handler, 'an exit handler');
    this.#handlers.push(handler);
  }

  /** Runs all handlers one after the other; one that fails or is late never keeps the next from running. */
  async run(
    reason: Error | boolean,
    deadlineMs: number,
    onFailure: (failure: ExitHandlerFailure) => void,
  ): Promise<void> {
    for (const handler of [...this.#handlers].reverse()) {
      const failure = await this.#runOne(handler, reason, deadlineMs);
      if (failure !== null) onFailure(failure);
    }
  }

  #runOne(
    handler: ExitHandler,
    reason: Error | boolean,
    deadlineMs: number,
  ): Promise<ExitHandlerFailure | null> {
    const name = handler.name === '' ? 'anonymous' : handler.name;
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(deadlineMs, () => {
        resolve({ kind: 'timedOut', name, deadlineMs });
      });
      void new Promise<void>((done) => {
        done(handler(reason));
      })
        .then(
          () => null,
          (error: unknown): ExitHandlerFailure => ({ kind: 'failed', name, error }),
        )
        .then((failure) => {
          timer.cancel();
          resolve(failure);
        });
    });
  }
}
