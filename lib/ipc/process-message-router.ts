import { type ErrorLike, toErrorLike } from './error-like.ts';

/** Receives the arguments of a message; what it returns, or its promise, is its answer. */
export type MessageHandler = (args: unknown) => unknown;

/** What the handlers of one message came to. */
export type Answer = { readonly results: unknown[] } | { readonly error: ErrorLike };

/** Knows the handlers of each message name and runs all of them. */
export class ProcessMessageRouter {
  readonly #handlers = new Map<string, MessageHandler[]>();

  add(name: string, handler: MessageHandler): void {
    // Copied, so that a handler that adds or removes others does not disturb the round it is part of.
    this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), handler]);
  }

  /** Removes one handler of the name. */
  remove(name: string, handler: MessageHandler): void {
    const rest = this.#handlers.get(name)?.filter((known) => known !== handler) ?? [];
    if (rest.length === 0) this.#handlers.delete(name);
    else this.#handlers.set(name, rest);
  }

  /** Removes every handler of the names. */
  clear(names: readonly string[]): void {
    for (const name of names) this.#handlers.delete(name);
  }

  /**
   * Runs every handler of the name, also after one has failed, and gives the answer when all are done.
   * Results stand in order of registration; of several failures the first in that order is told. Never throws.
   */
  route(name: string, args: unknown, onAnswer: (answer: Answer) => void): void {
    const handlers = this.#handlers.get(name);
    if (handlers === undefined) {
      onAnswer({ results: [] });
      return;
    }
    const outcomes = handlers.map((handler) => run(handler, args));
    if (!outcomes.some(isPromise)) onAnswer(combine(outcomes as Outcome[]));
    else void waitForAll(outcomes).then(onAnswer);
  }
}

async function waitForAll(outcomes: readonly (Outcome | Promise<Outcome>)[]): Promise<Answer> {
  const settled: Outcome[] = [];
  for (const outcome of outcomes) settled.push(await outcome);
  return combine(settled);
}

type Outcome = { readonly value: unknown } | { readonly error: ErrorLike };

function run(handler: MessageHandler, args: unknown): Outcome | Promise<Outcome> {
  try {
    const value = handler(args);
    // An answer that is there at once goes out without waiting for a promise.
    return isPromise(value) ? waitForOutcome(value) : { value };
  } catch (error) {
    return { error: toErrorLike(error) };
  }
}

async function waitForOutcome(value: PromiseLike<unknown>): Promise<Outcome> {
  try {
    return { value: await value };
  } catch (error) {
    return { error: toErrorLike(error) };
  }
}

function combine(outcomes: readonly Outcome[]): Answer {
  const results: unknown[] = [];
  for (const outcome of outcomes) {
    if ('error' in outcome) return outcome;
    results.push(outcome.value);
  }
  return { results };
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
