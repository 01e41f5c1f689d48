import type { EventStream } from '../../util/event-stream.ts';
import type { VitalSign } from '../vital-sign.ts';

export interface ServingProcess {
  readonly generation: number;
  /** It has not been ready yet. */
  readonly isStarting: boolean;
}

/**
 * The signs of life of the process that serves or is about to; those of others, such as a spare, are no measure of it.
 *
 * @param serving - null while there is no such process
 */
export function hearServingSigns(
  signs: EventStream<VitalSign>,
  serving: () => ServingProcess | null,
  listener: (sign: VitalSign) => void,
): void {
  signs.subscribe((sign) => {
    const process = serving();
    if (process?.generation !== sign.generation) return;
    // Until it serves, it is asked again and again, and refuses.
    if (sign.kind === 'poll' && process.isStarting && !sign.poll.ok) return;
    listener(sign);
  });
}
