import { VigilError } from '../../errors.ts';
import type { Clock } from '../../util/clock.ts';

export type Done = (error?: unknown) => void;

export interface SettleOptions {
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
  call: (done: Done) => unknown,
  { clock, deadlineMs, signal, takesCallback }: SettleOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (error?: unknown): void => {
      timer?.cancel();
      signal?.removeEventListener('abort', onAbort);
      if (error === undefined || error === null) resolve();
      else reject(toError(error));
    };
    const onAbort = (): void => {
      finish(signal?.reason);
    };
    const timer =
      deadlineMs === 0
        ? null
        : clock.setTimer(deadlineMs, () => {
            const text = `it did not end within ${deadlineMs / 1000} s`;
            finish(new VigilError('ERR_FLEET_DEADLINE', text));
          });
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted === true) onAbort();
    try {
      const returned = call(finish);
      if (isThenable(returned))
        returned.then(
          () => {
            finish();
          },
          (error: unknown) => {
            finish(error ?? new Error('rejected without a reason'));
          },
        );
      else if (!takesCallback) finish();
    } catch (error) {
      finish(error);
    }
  });
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
