import {
  countPoll,
  EMPTY_TALLY,
  type FailureTally,
  type ToleranceOptions,
} from '../probe/failure-tally.ts';
import type { ChildLife } from './child-life.ts';

export interface PollOutcome {
  readonly ok: boolean;
  /** What went wrong, in words. */
  readonly reason: string;
}

export interface HealthTallyOptions {
  /** Asked at each poll, so that changed settings hold at once. */
  readonly tolerance: () => ToleranceOptions;
  /** Hears of every failure that counts, before what follows from it. */
  readonly onFailure: (reason: string, count: number) => void;
}

/** The polls of one process, counted: they become signs of its life or of its failing. */
export class HealthTally {
  readonly #options: HealthTallyOptions;
  #tally: FailureTally = EMPTY_TALLY;

  constructor(options: HealthTallyOptions) {
    this.#options = options;
  }

  /** Failures in a row. */
  get count(): number {
    return this.#tally.count;
  }

  /** Failures among the newest polls, as many as the window looks at; 0 without a window. */
  get failuresInWindow(): number {
    return this.#tally.recent.filter(Boolean).length;
  }

  take({ ok, reason }: PollOutcome, life: ChildLife): void {
    // While it starts only the startup deadline counts, and while it ends nothing does.
    if (life.state !== 'ready' && life.state !== 'degraded') return;
    const { tally, verdict } = countPoll(this.#tally, !ok, this.#options.tolerance());
    this.#tally = tally;
    if (verdict === 'good') {
      life.report('probeSucceeded');
      return;
    }
    this.#options.onFailure(reason, tally.count);
    if (verdict === 'tolerated') life.report('probeFailed', reason);
    else
      life.report('probeFailedBeyondTolerance', `${String(tally.count)} polls failed: ${reason}`);
  }
}
