import { VigilError } from '../../errors.ts';
import type { Clock } from '../../util/clock.ts';

export interface SettleOptions {
  /** Names what is called, for the text of an error. */
  readonly what: string;
  readonly clock: Clock;
  /** 0: as long as it likes. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /** Whether the function declares a callback; one that does not has ended when it returns no promise. */
  readonly takesCallback: boolean;
}

/**
 * Calls a function that tells its end by a callback or by a promise; whichever comes first counts.
 *
 * @throws what it throws, rejects with or hands to the callback
 * @throws ERR_FLEET_DEADLINE when it does not end in time
 * @throws the reason of the signal, when that fires first
 */
export function settleCallback(
  call: (done: (error?: unknown) => void, extend: () => void) => unknown,
  { what, clock, deadlineMs, signal, takesCallback }: SettleOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const extend = (): void => timer?.cancel();
    const finish = (error?: unknown): void => {
      extend();
      signal?.removeEventListener('abort', abandon);
      if (error === undefined || error === null) resolve();
      else reject(toError(error));
    };
    const abandon = (): void => {
      finish(signal?.reason);
    };
    const expire = (): void => {
      const text = `${what} did not end within ${deadlineMs / 1000} s`;
      finish(new VigilError('ERR_FLEET_DEADLINE', text));
    };
    const timer = deadlineMs === 0 ? null : clock.setTimer(deadlineMs, expire);
    signal?.addEventListener('abort', abandon);
    try {
      const returned = call(finish, extend);
      if (isThenable(returned)) followPromise(returned, finish);
      else if (!takesCallback) finish();
    } catch (error) {
      finish(error ?? new Error(`${what} threw ${String(error)}`));
    }
  });
}

function followPromise(promise: PromiseLike<unknown>, finish: (error?: unknown) => void): void {
  promise.then(
    () => {
      finish();
    },
    (error: unknown) => {
      finish(error ?? new Error('rejected without a reason'));
    },
  );
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Older components hand over a text. */
function toError(error: unknown): Error {
  if (error instanceof Error) return error;
  // Of another realm, as in a test runner or a vm.
  if (Object.prototype.toString.call(error) === '[object Error]') return error as Error;
  return new Error(typeof error === 'string' ? error : JSON.stringify(error));
}
