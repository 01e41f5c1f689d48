import type { Clock } from '../../util/clock.ts';
import type { Component } from './component.ts';
import { settleCallback } from './settle-callback.ts';

export type StartPhase = 'beforeStart' | 'start' | 'afterStart';

/** How long one callback may take, milliseconds; 0: as long as it likes. */
export interface Deadlines {
  readonly startMs: number;
  readonly stopMs: number;
}

/** Something that failed, and where. */
export interface ComponentFailure {
  /** Such as `component "chat", start`. */
  readonly where: string;
  readonly error: unknown;
}

interface LoadedComponent {
  readonly label: string;
  readonly component: Component;
  isStarted: boolean;
}

/** Starts components in the order they were loaded, one after the other, and stops those that started in reverse. */
export class ComponentDriver {
  readonly #clock: Clock;
  readonly #loaded: LoadedComponent[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(component: Component, name: string | undefined): void {
    const label =
      name === undefined ? `component #${this.#loaded.length + 1}` : `component "${name}"`;
    this.#loaded.push({ label, component, isStarted: false });
  }

  /**
   * Runs one phase of all components; the first one that fails ends it.
   *
   * @throws ComponentPhaseError, which holds the error of the component
   */
  async run(phase: StartPhase, { startMs }: Deadlines, signal: AbortSignal): Promise<void> {
    for (const loaded of this.#loaded) {
      const { component, label } = loaded;
      signal.throwIfAborted();
      const where = `${label}, ${phase}`;
      const takesCallback = (component[phase]?.length ?? 0) > 0;
      const limits = {
        what: where,
        clock: this.#clock,
        deadlineMs: startMs,
        signal,
        takesCallback,
      };
      await settleCallback((done) => component[phase]?.(done), limits).catch((error: unknown) => {
        if (error === signal.reason) throw error;
        throw new ComponentPhaseError({ where, error });
      });
      loaded.isStarted ||= phase === 'start';
    }
  }

  /** Tells all components that every server has started. @returns what failed */
  async tellAllStarted({ startMs }: Deadlines): Promise<ComponentFailure[]> {
    const failures: ComponentFailure[] = [];
    for (const { component, label } of this.#loaded) {
      const where = `${label}, afterStartAll`;
      const limits = { what: where, clock: this.#clock, deadlineMs: startMs, takesCallback: false };
      await settleCallback(() => component.afterStartAll?.(), limits).catch((error: unknown) => {
        failures.push({ where, error });
      });
    }
    return failures;
  }

  /** Stops what has started, last first; goes on after errors. @returns what failed */
  async stop(force: boolean, { stopMs }: Deadlines): Promise<ComponentFailure[]> {
    const failures: ComponentFailure[] = [];
    for (const { component, label, isStarted } of this.#loaded.toReversed()) {
      if (!isStarted) continue;
      const where = `${label}, stop`;
      const takesCallback = (component.stop?.length ?? 0) > 1;
      const limits = { what: where, clock: this.#clock, deadlineMs: stopMs, takesCallback };
      await settleCallback((done) => component.stop?.(force, done), limits).catch(
        (error: unknown) => void failures.push({ where, error }),
      );
    }
    return failures;
  }
}

/** Carries the error of a component together with the place where it came up. */
export class ComponentPhaseError extends Error {
  readonly failure: ComponentFailure;

  constructor(failure: ComponentFailure) {
    super(failure.where);
    this.name = 'ComponentPhaseError';
    this.failure = failure;
  }
}
