import { checkFunction } from './check-function.ts';

/** Functions of the user's that are told of something; one that fails, at once or later, harms nobody. */
export class HookList<Value> {
  readonly #hooks: ((value: Value) => unknown)[] = [];
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** @throws ERR_ARGUMENT when it is not a function */
  add(hook: (value: Value) => unknown): void {
    checkFunction(hook, 'a hook');
    this.#hooks.push(hook);
  }

  call(value: Value): void {
    for (const hook of this.#hooks) {
      void new Promise((resolve) => {
        resolve(hook(value));
      }).catch(this.#onError);
    }
  }
}
