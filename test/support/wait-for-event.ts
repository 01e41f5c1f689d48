import type { EventEmitter } from 'node:events';
import { DEFAULT_WAIT_MS } from './wait-until.ts';

/** Resolves with the arguments of the first event that the predicate accepts. */
export function waitForEvent(
  emitter: EventEmitter,
  name: string,
  // Each emitter gives its own arguments.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  accepts: (...args: any[]) => boolean = () => true,
  timeoutMs = DEFAULT_WAIT_MS,
): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      emitter.off(name, onEvent);
    };
    const onEvent = (...args: unknown[]): void => {
      if (!accepts(...args)) return;
      end();
      resolve(args);
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error(`no "${name}" within ${timeoutMs} ms`));
    }, timeoutMs);
    emitter.on(name, onEvent);
  });
}
