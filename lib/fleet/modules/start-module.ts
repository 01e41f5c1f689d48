import { VigilError } from '../../errors.ts';
import type { Clock } from '../../util/clock.ts';
import { settleCallback } from '../application/settle-callback.ts';
import type { AdminModule } from './admin-module.ts';

/** @throws ERR_FLEET_MODULE when it says so, or takes longer than `startMs` */
export async function startModule(
  moduleId: string,
  module: AdminModule,
  { clock, startMs }: { readonly clock: Clock; readonly startMs: number },
): Promise<void> {
  if (typeof module.start !== 'function') return;
  const takesCallback = module.start.length > 0;
  try {
    await settleCallback((done) => module.start?.(done), {
      what: 'start',
      clock,
      deadlineMs: startMs,
      takesCallback,
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const text = `the admin module "${moduleId}" could not start: ${why}`;
    throw new VigilError('ERR_FLEET_MODULE', text, { cause });
  }
}
