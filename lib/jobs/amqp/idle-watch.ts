import type { Clock, Timer } from '../../util/clock.ts';
import type { AmqpLine } from './amqp-line.ts';
import { lookUpQueue } from './queue-reader.ts';

export interface IdleWatchPorts {
  readonly clock: Clock;
  /** Nothing is expected at this moment: what is under way would tell by itself. */
  readonly isIdle: () => boolean;
  /** Whether the server knows that somebody waits for jobs. What it throws says nothing about that. */
  readonly isKnown: () => Promise<boolean>;
  readonly onUnknown: () => void;
}

const LOOK_EVERY_MS = 10_000;
/** A queue that changes its leader, or a busy server, knows of nobody for a moment. */
const LOOKS = 3;

/**
 * Notices that a node has lost the queue that jobs are waited for in, as one that is cut off from the others: nothing
 * comes, nothing is asked for, and the connection is as it should be.
 */
export class IdleWatch {
  readonly #ports: IdleWatchPorts;
  #timer: Timer | null = null;
  #failures = 0;
  #isStopped = false;

  constructor(ports: IdleWatchPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#timer?.cancel();
    if (this.#isStopped) return;
    this.#timer = this.#ports.clock.setTimer(LOOK_EVERY_MS, () => {
      void this.#look();
    });
    this.#timer.unref();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #look(): Promise<void> {
    const { isIdle, isKnown, onUnknown } = this.#ports;
    const isFine = !isIdle() || (await isKnown().catch(() => true)) || !isIdle();
    this.#failures = isFine ? 0 : this.#failures + 1;
    if (this.#failures === LOOKS) {
      this.#failures = 0;
      if (!this.#isStopped) onUnknown();
    }
    this.start();
  }
}

/** Leaves the node when it has lost a queue that is consumed. */
export function watchIdleQueue(
  line: AmqpLine,
  { queue, isIdle }: { readonly queue: string; readonly isIdle: () => boolean },
): IdleWatch {
  return new IdleWatch({
    clock: line.clock,
    isIdle: () => line.state === 'up' && isIdle(),
    // Of a queue without a leader the server says that nobody consumes it.
    isKnown: async () => ((await lookUpQueue(line, queue))?.consumers ?? 0) > 0,
    onUnknown: () => {
      line.escape();
    },
  });
}
