import type { PromisifiedIPCManager } from '../../ipc/promisified-ipc-manager.ts';
import { END } from './worker-messages.ts';

export interface WorkerEnding {
  /** What is to be done before the end, from now on. */
  drains(stop: () => Promise<void>): void;
}

/**
 * Ends this process when its supervisor, or who sends SIGTERM, wants it: what was begun is finished first, unless the
 * supervisor has said that it is to be left.
 *
 * A Ctrl-C reaches the whole foreground group, and a service manager may signal every process of the service: the
 * order of the ending is the supervisor's all the same.
 */
export function obeyOrders(
  ipc: PromisifiedIPCManager,
  end: (code: number) => Promise<never>,
): WorkerEnding {
  let drain = (): Promise<void> => Promise.resolve();
  let draining: Promise<void> | null = null;
  const begin = (): void => {
    draining ??= drain().then(() => end(0));
  };
  let wasAsked = false;
  const onTerm = (): void => {
    wasAsked = true;
    begin();
  };
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', onTerm);
  ipc.on(END, (order) => {
    if (order.drain) {
      begin();
      return;
    }
    // From here on the signal does what it does by itself, or what the handlers have made it do.
    process.off('SIGTERM', onTerm);
    if (wasAsked) process.kill(process.pid, 'SIGTERM');
  });
  return {
    drains: (stop) => {
      drain = stop;
    },
  };
}
