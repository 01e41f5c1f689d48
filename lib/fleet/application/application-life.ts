import { VigilError } from '../../errors.ts';
import type { Clock } from '../../util/clock.ts';
import { createDeferred, type Deferred } from '../../util/deferred.ts';
import { nextStep } from '../../util/state-machine.ts';
import {
  type ApplicationEffect,
  type ApplicationSignal,
  type ApplicationState,
  applicationTable,
} from './application-machine.ts';
import {
  type ComponentDriver,
  type ComponentFailure,
  ComponentPhaseError,
  type Deadlines,
} from './component-driver.ts';
import { type LifecycleHooks, runShutdownHook, runStartupHook } from './lifecycle.ts';
import type { Role } from './role.ts';
import { settleCallback } from './settle-callback.ts';

/** How an application ended. */
export interface ApplicationEnd {
  /** Why it could not start; null when it could, or was stopped before. */
  readonly failure: ComponentFailure | null;
  /** What went wrong while it was stopped. */
  readonly troubles: readonly ComponentFailure[];
  readonly force: boolean;
}

export interface ApplicationLifeSettings<App> {
  readonly app: App;
  readonly clock: Clock;
  readonly components: ComponentDriver;
  readonly deadlines: () => Deadlines;
  readonly loadHooks: () => Promise<LifecycleHooks<App>>;
  readonly createRole: () => Role;
  readonly onStarted: () => void;
  readonly onAllStarted: () => void;
  readonly onTrouble: (trouble: ComponentFailure) => void;
  readonly onEnd: (end: ApplicationEnd) => void;
}

/** Starts an application phase by phase, and stops what has started of it. */
export class ApplicationLife<App> {
  readonly #settings: ApplicationLifeSettings<App>;
  readonly #abandon = new AbortController();
  readonly #starting: Deferred = createDeferred();
  readonly #stopping: Deferred = createDeferred();
  readonly #troubles: ComponentFailure[] = [];
  #state: ApplicationState = 'inited';
  #hooks: LifecycleHooks<App> = {};
  #role: Role | null = null;
  #failure: ComponentFailure | null = null;
  #force = false;
  #areAllStarted = false;

  constructor(settings: ApplicationLifeSettings<App>) {
    this.#settings = settings;
    // Whoever does not look at them is told by a line.
    this.#starting.promise.catch(() => undefined);
    this.#stopping.promise.catch(() => undefined);
  }

  get state(): ApplicationState {
    return this.#state;
  }

  /** @throws what the start failed with; ERR_FLEET_STARTED when it is not the first call */
  start(): Promise<void> {
    const effects = this.#dispatch('startAsked');
    if (!effects.includes('refuseStart')) return this.#starting.promise;
    return Promise.reject(new VigilError('ERR_FLEET_STARTED', 'application has already start.'));
  }

  /** @throws ERR_FLEET_COMPONENT when something could not be stopped; what else there was is stopped */
  stop(force: boolean): Promise<void> {
    this.#force ||= force;
    this.#dispatch('stopAsked');
    return this.#stopping.promise;
  }

  /** Every server of the fleet has started; further calls do nothing. */
  tellAllStarted(): void {
    if (this.#areAllStarted) return;
    this.#areAllStarted = true;
    if (this.#state === 'started') void this.#announceAll();
  }

  #dispatch(signal: ApplicationSignal): readonly ApplicationEffect[] {
    const { state, effects } = nextStep(applicationTable, this.#state, signal);
    this.#state = state;
    for (const effect of effects) this.#effects[effect]();
    return effects;
  }

  readonly #effects: Readonly<Record<ApplicationEffect, () => void>> = {
    runBeforeStartup: () => {
      this.#run(() => this.#prepare());
    },
    runBeforeStart: () => {
      this.#run((signal) => this.#runPhase('beforeStart', signal));
    },
    runStart: () => {
      this.#run(async (signal) => {
        await this.#runPhase('start', signal);
        await this.#runRole('start', signal);
      });
    },
    runAfterStart: () => {
      this.#run(async (signal) => {
        await this.#runPhase('afterStart', signal);
        await this.#runRole('afterStart', signal);
      });
    },
    runAfterStartup: () => {
      this.#run(() => this.#runHook('afterStartup'));
    },
    announce: () => {
      this.#starting.resolve();
      this.#role?.started();
      this.#settings.onStarted();
      if (this.#areAllStarted) void this.#announceAll();
    },
    refuseStart: () => undefined,
    abandonPhase: () => {
      const stopped = new VigilError(
        'ERR_FLEET_STOPPED',
        'the application was stopped while it started',
      );
      this.#abandon.abort(stopped);
    },
    rollBack: () => void this.#shutDown(false),
    runShutdown: () => void this.#shutDown(true),
    end: () => {
      this.#end();
    },
  };

  #run(phase: (signal: AbortSignal) => Promise<void>): void {
    phase(this.#abandon.signal).then(
      () => this.#dispatch('phaseEnded'),
      (error: unknown) => {
        this.#failure ??=
          error instanceof ComponentPhaseError ? error.failure : { where: '', error };
        this.#dispatch('phaseFailed');
      },
    );
  }

  async #prepare(): Promise<void> {
    this.#hooks = await this.#settings.loadHooks();
    this.#role = this.#settings.createRole();
    await this.#runHook('beforeStartup');
  }

  #runPhase(phase: 'beforeStart' | 'start' | 'afterStart', signal: AbortSignal): Promise<void> {
    return this.#settings.components.run(phase, this.#settings.deadlines(), signal);
  }

  #runRole(phase: 'start' | 'afterStart', signal: AbortSignal): Promise<void> {
    const limits = {
      what: phase,
      clock: this.#settings.clock,
      deadlineMs: 0,
      takesCallback: false,
    };
    return settleCallback(() => this.#role?.[phase](), { ...limits, signal });
  }

  async #runHook(name: 'beforeStartup' | 'afterStartup'): Promise<void> {
    const { app, clock } = this.#settings;
    const deadlineMs = this.#settings.deadlines().startMs;
    const { signal } = this.#abandon;
    try {
      await runStartupHook(name, { hooks: this.#hooks, app }, { clock, deadlineMs, signal });
    } catch (error) {
      throw new ComponentPhaseError({ where: `lifecycle, ${name}`, error });
    }
  }

  async #shutDown(withHook: boolean): Promise<void> {
    const { app, clock, components } = this.#settings;
    const limits = this.#settings.deadlines();
    const hooks = withHook ? this.#hooks : {};
    const hookLimits = { clock, deadlineMs: limits.stopMs };
    await this.#try('lifecycle, beforeShutdown', runShutdownHook({ hooks, app }, hookLimits));
    await this.#try('end of the servers', this.#role?.beforeStop(this.#force));
    for (const trouble of await components.stop(this.#force, limits)) this.#note(trouble);
    await this.#try('goodbye to the master', this.#role?.afterStop());
    this.#dispatch('shutDown');
  }

  async #try(where: string, work: Promise<void> | undefined): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#note({ where, error });
    }
  }

  #note(trouble: ComponentFailure): void {
    this.#troubles.push(trouble);
    this.#settings.onTrouble(trouble);
  }

  #end(): void {
    const failure = this.#abandon.signal.aborted ? null : this.#failure;
    const reason: unknown = failure === null ? this.#abandon.signal.reason : failure.error;
    if (reason !== undefined) this.#starting.reject(reason as Error);
    if (this.#troubles.length === 0) this.#stopping.resolve();
    else this.#stopping.reject(combine(this.#troubles));
    this.#settings.onEnd({ failure, troubles: this.#troubles, force: this.#force });
  }

  async #announceAll(): Promise<void> {
    const { app, clock, components } = this.#settings;
    const limits = this.#settings.deadlines();
    const failures = await components.tellAllStarted(limits);
    const where = 'lifecycle, afterStartAll';
    const hookLimits = { what: where, clock, deadlineMs: limits.startMs, takesCallback: false };
    await settleCallback(() => this.#hooks.afterStartAll?.(app), hookLimits).catch(
      (error: unknown) => failures.push({ where, error }),
    );
    for (const failure of failures) this.#settings.onTrouble(failure);
    this.#settings.onAllStarted();
  }
}

function combine(troubles: readonly ComponentFailure[]): VigilError {
  const places = troubles.map(({ where, error }) => `${where}: ${textOfError(error)}`).join('; ');
  const cause = new AggregateError(troubles.map(({ error }) => error));
  return new VigilError('ERR_FLEET_COMPONENT', `not everything was stopped: ${places}`, { cause });
}

/** What an error says, in one line. */
export function textOfError(error: unknown): string {
  const text =
    error instanceof Error
      ? error.message
      : String((error as { message?: unknown } | null)?.message ?? error);
  return text.split('\n', 1)[0] ?? '';
}
