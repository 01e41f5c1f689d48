import type { PromisifiedIPCManager } from '../../ipc/promisified-ipc-manager.ts';
import { waitFor } from '../../util/clock.ts';
import type { Clock } from '../../util/clock.ts';

const FLUSH_MS = 2000;

/** Ends this process once what it has said has left it. */
export async function endProcess(
  ipc: PromisifiedIPCManager,
  clock: Clock,
  code: number,
): Promise<never> {
  const enough = new AbortController();
  await Promise.race([ipc.whenFlushed(), waitFor(clock, FLUSH_MS, enough.signal)]);
  process.exit(code);
}

/** Ends this process at once: nobody is left who would take what it does. */
export function endOrphaned(): never {
  process.exit(0);
}
