import type { Slot } from '../../process/slot.ts';
import type { StopIntent } from '../../process/child-ports.ts';
import { createRefusal } from './session-orders.ts';

/** Reloads for somebody who waits for no verdict; what becomes of it is told by events, a refusal by `warn`. */
export function triggerReload(
  slot: Slot,
  warn: (text: string) => void,
  intent: StopIntent = 'reload',
): void {
  void slot.reload(intent).then((verdict) => {
    if (verdict.outcome === 'refused')
      warn(`reload refused: ${createRefusal(verdict.reason).message}`);
  });
}
