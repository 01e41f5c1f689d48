import { STABLE_SCORE } from '../../supervision/breaker.ts';
import type { Clock, Timer } from '../../util/clock.ts';
import type { SessionEvent } from '../session-event.ts';
import type { LiveOptions } from './monitor-context.ts';
import type { SessionJournal } from './session-journal.ts';

export interface StableWatchOptions {
  readonly clock: Clock;
  readonly journal: SessionJournal;
  readonly live: LiveOptions;
  /** The decaying score of failures. */
  readonly score: () => number;
  readonly onStable: () => void;
}

/**
 * Notices when a server process is stable: it has been ready for as long as a silence may last that
 * is no hang, and the failures before it have decayed so far that the next would restart it at once.
 */
export class StableWatch {
  readonly #options: StableWatchOptions;
  #timer: Timer | null = null;
  #generation = 0;

  constructor(options: StableWatchOptions) {
    this.#options = options;
    options.journal.stream.subscribe((event) => {
      this.#note(event);
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #note({ type, generation }: SessionEvent): void {
    if (type === 'worker.ready') {
      this.#generation = generation;
      this.#wait();
    } else if (type === 'worker.exited' && generation === this.#generation) this.stop();
  }

  #wait(): void {
    this.stop();
    const { clock, live, score, onStable } = this.#options;
    this.#timer = clock.setTimer(live.current.heartbeat.silenceMs, () => {
      if (score() < STABLE_SCORE) onStable();
      else this.#wait();
    });
    this.#timer.unref();
  }
}
