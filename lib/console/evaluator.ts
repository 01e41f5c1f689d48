import { inspect, types } from 'node:util';
import { type Context, createContext, Script } from 'node:vm';
import { VigilError } from '../errors.ts';
import type { Clock } from '../util/clock.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { createFailure } from './command-outcome.ts';

export interface EvaluatorOptions {
  /** What the code finds by name, beside what every program of Node finds. */
  readonly scope: Readonly<Record<string, unknown>>;
  readonly clock: Clock;
  /** How long code may run before it gives way, milliseconds; default 2 s. Nothing else runs meanwhile. */
  readonly syncDeadlineMs?: number;
  /** How long a promise is waited for, milliseconds; default 30 s. */
  readonly promiseDeadlineMs?: number;
}

const SYNC_DEADLINE_MS = 2_000;
const PROMISE_DEADLINE_MS = 30_000;
const MAX_CODE_LENGTH = 64 * 1024;
const MAX_OUTPUT_LENGTH = 64 * 1024;
const SHOWN = { depth: 4, maxArrayLength: 100, maxStringLength: 10_000 } as const;

/** The code of a line that is to be evaluated, `> code` or `.eval code`; null when it is a command. */
export function readEvaluation(line: string): string | null {
  const [, code] = /^\s*(?:>|\.eval(?=\s|$))(.*)$/s.exec(line) ?? [];
  return code?.trim() ?? null;
}

/**
 * Evaluates JavaScript in this process; what is declared stays for the next line. `await` may stand anywhere.
 *
 * It is no sandbox: the code can do what this process can. It only cannot end it by an error, by a loop that
 * never ends, or by a promise that never settles.
 */
export class Evaluator {
  readonly #options: EvaluatorOptions;
  readonly #context: Context;

  constructor(options: EvaluatorOptions) {
    this.#options = options;
    this.#context = createContext(Object.defineProperties({}, describeGlobals(options.scope)));
  }

  /** Never rejects, and is answered within the deadlines. */
  async run(code: string): Promise<CommandOutcome> {
    try {
      if (code === '') throw refuse('write JavaScript after it, as in: > monitor.status()');
      if (code.length > MAX_CODE_LENGTH)
        throw refuse(`the code is longer than ${String(MAX_CODE_LENGTH)} characters`);
      const value = this.#evaluate(code);
      return show(types.isPromise(value) ? await this.#beforeDeadline(value) : value);
    } catch (reason) {
      return describeFailure(reason);
    }
  }

  #evaluate(code: string): unknown {
    const timeout = this.#options.syncDeadlineMs ?? SYNC_DEADLINE_MS;
    return compile(code).runInContext(this.#context, { timeout }) as unknown;
  }

  #beforeDeadline(promise: Promise<unknown>): Promise<unknown> {
    const { clock, promiseDeadlineMs = PROMISE_DEADLINE_MS } = this.#options;
    return new Promise((resolve, reject) => {
      const timer = clock.setTimer(promiseDeadlineMs, () => {
        const text = `the promise has not settled within ${String(promiseDeadlineMs / 1000)} s; what it waits for may still come`;
        reject(new VigilError('ERR_COMMAND_TIMEOUT', text));
      });
      timer.unref();
      promise.then(resolve, reject).finally(() => {
        timer.cancel();
      });
    });
  }
}

/** An expression if it is one, so that `{a: 1}` is an object; else statements; else either of them with `await`. */
function compile(code: string): Script {
  const expression = code.replace(/;+\s*$/, '');
  const forms = [
    ...(/^[{[(]|^function\b|^class\b|^async\b/.test(code) ? [`(${expression}\n)`] : []),
    code,
    ...(/\bawait\b/.test(code) ? awaitingForms(expression) : []),
  ];
  let failure: unknown;
  for (const form of forms) {
    try {
      return new Script(form, { filename: 'console' });
    } catch (error) {
      if (failure === undefined || form === code) failure = error;
    }
  }
  throw failure;
}

/** A declaration is made in the context, as an `await` can only stand in a function. */
function awaitingForms(code: string): string[] {
  const [, name, value] = /^(?:const|let|var)\s+([\w$]+)\s*=(.*)$/s.exec(code) ?? [];
  return [
    ...(name === undefined || value === undefined
      ? []
      : [`(async () => { globalThis.${name} = (${value}\n); })()`]),
    `(async () => (${code}\n))()`,
    `(async () => {${code}\n})()`,
  ];
}

/** What every program of Node finds; the language itself each context has of its own. */
function describeGlobals(scope: EvaluatorOptions['scope']): PropertyDescriptorMap {
  const given = Object.getOwnPropertyDescriptors(globalThis) as PropertyDescriptorMap;
  const own = new Set(
    new Script('Object.getOwnPropertyNames(globalThis)').runInNewContext() as string[],
  );
  const globals = Object.entries(given).filter(([name]) => !own.has(name) && !/^global/.test(name));
  return {
    ...Object.fromEntries(globals.map(([name, one]) => [name, { ...one, configurable: true }])),
    ...Object.getOwnPropertyDescriptors({ ...scope }),
  };
}

/** With the name of the error, and of its stack what is the user's own. */
function describeFailure(reason: unknown): CommandOutcome {
  const failure = createFailure(reason);
  if (reason instanceof VigilError) return failure;
  const { code, message, stack = '' } = failure.error;
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  const end = frames.findIndex((line) => /\bnode:vm:|\bevaluator\.[jt]s:/.test(line));
  const name = /^(\w*Error)\b/m.exec(stack)?.[1];
  return {
    ok: false,
    error: {
      code,
      message: name === undefined ? message : `${name}: ${message}`,
      stack: frames.slice(0, end === -1 ? undefined : end).join('\n'),
    },
  };
}

function show(value: unknown): CommandOutcome {
  const text = inspect(value, SHOWN);
  if (text.length <= MAX_OUTPUT_LENGTH) return { ok: true, output: text };
  const left = text.length - MAX_OUTPUT_LENGTH;
  return {
    ok: true,
    output: `${text.slice(0, MAX_OUTPUT_LENGTH)}\n… ${String(left)} more characters are not shown`,
  };
}

function refuse(message: string): VigilError {
  return new VigilError('ERR_COMMAND_ARGUMENT', message);
}
