import { decideSilence } from '../probe/heartbeat-deadline.ts';
import type { Clock } from '../util/clock.ts';
import type { ChildTiming, ChildWitness } from './child-ports.ts';
import { Deadlines, type PendingDeadline } from './deadlines.ts';

export type LifeDeadlineName = 'startup' | 'silence' | 'stop';

export interface LifeDeadlinesOptions {
  readonly clock: Clock;
  /** Asked at each use, so that changed settings hold for processes that already run. */
  readonly timing: () => ChildTiming;
  readonly witness: Pick<ChildWitness, 'isWritingDump' | 'isDebugged'>;
  readonly onElapsed: (
    event: 'startupElapsed' | 'silenceElapsed' | 'silenceElapsedGently' | 'stopElapsed',
  ) => void;
}

/** How long one process may take to start, to be silent and to end; it may have asked for more than the settings say. */
export class LifeDeadlines {
  readonly #options: LifeDeadlinesOptions;
  readonly #deadlines: Deadlines<LifeDeadlineName>;
  #allowanceMs: number | null = null;
  /** Until then silence is no sign of a hang: the process has asked for that time. */
  #quietUntil = -Infinity;

  constructor(options: LifeDeadlinesOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.clock);
  }

  /** What is armed meanwhile lasts `ms` milliseconds, whatever the settings say. */
  allow(ms: number, arm: () => void): void {
    this.#allowanceMs = ms;
    arm();
    this.#allowanceMs = null;
  }

  /** No silence counts for `ms` milliseconds from now. */
  quiet(ms: number): void {
    this.#quietUntil = Math.max(this.#quietUntil, this.#options.clock.now() + ms);
  }

  remainingMs(name: 'startup' | 'stop'): number {
    return this.#deadlines.remainingMs(name);
  }

  pending(): readonly PendingDeadline<LifeDeadlineName>[] {
    return this.#deadlines.pending();
  }

  armStartup(): void {
    this.#arm('startup', this.#allowanceMs ?? this.#options.timing().startupMs);
  }

  clearStartup(): void {
    this.#deadlines.clear('startup');
  }

  armSilence(): void {
    const { silenceMs } = this.#options.timing();
    if (silenceMs === null) return;
    this.#awaitSilence(Math.max(this.#quietUntil - this.#options.clock.now(), silenceMs));
  }

  /** Nothing measures the silence of a process that was never ready, and there is nothing it has to finish. */
  armStop(wasReady: boolean): void {
    const { stopMs, silenceMs } = this.#options.timing();
    const longest = wasReady ? stopMs : Math.min(stopMs, silenceMs ?? stopMs);
    this.#arm('stop', this.#allowanceMs ?? longest);
  }

  armKill(): void {
    this.#arm('stop', this.#options.timing().killMs);
  }

  clearAll(): void {
    this.#deadlines.clearAll();
  }

  #arm(name: 'startup' | 'stop', delayMs: number): void {
    const event = name === 'startup' ? 'startupElapsed' : 'stopElapsed';
    this.#deadlines.arm(name, delayMs, () => {
      this.#options.onElapsed(event);
    });
  }

  #endSilence(): void {
    const { witness, timing, onElapsed } = this.#options;
    if (witness.isWritingDump() || witness.isDebugged()) this.armSilence();
    else onElapsed(timing().endsSilentGently === true ? 'silenceElapsedGently' : 'silenceElapsed');
  }

  #awaitSilence(delayMs: number, hasRead = false): void {
    this.#deadlines.arm('silence', delayMs, (lateness) => {
      const verdict = decideSilence({ silenceMs: delayMs, ...lateness, hasRead });
      if (verdict.kind === 'silent') this.#endSilence();
      else this.#awaitSilence(verdict.waitMs, verdict.kind === 'readFirst');
    });
  }
}
