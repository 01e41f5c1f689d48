import { childLifeTable } from '../supervision/child-life-machine.ts';
import type { LifeEffect, LifeEvent, LifeState } from '../supervision/child-life-machine.ts';
import type { DeathEvidence } from '../supervision/death-evidence.ts';
import type { Clock } from '../util/clock.ts';
import { createDeferred } from '../util/deferred.ts';
import { nextStep } from '../util/state-machine.ts';
import { TurnQueue } from '../util/turn-queue.ts';
import type { ChildEvent, Death, PlainChildEvent } from './child-events.ts';
import type { ChildHandle, ExitFact } from './child-handle.ts';
import type { ChildCourier, ChildTiming, ChildWitness, StopIntent } from './child-ports.ts';
import { createDeath } from './create-death.ts';
import { decideIntent } from './decide-intent.ts';
import { LifeDeadlines } from './life-deadlines.ts';
import { sweepLeftovers } from './leftovers.ts';

export interface ChildLifeOptions {
  readonly generation: number;
  readonly handle: ChildHandle;
  readonly clock: Clock;
  /** By that clock; default now. */
  readonly startedAt?: number;
  /** Asked at each use, so that changed settings hold for processes that already run. */
  readonly timing: () => ChildTiming;
  readonly courier: ChildCourier;
  readonly witness: ChildWitness;
  readonly onEvent: (event: ChildEvent) => void;
}

/**
 * Drives one process from its start to its death along the table of child-life-machine.
 *
 * It is the only writer of that state. Signs of life enter through `report`, orders through `stop`
 * and `kill`; what follows leaves as events and as the `death` promise.
 */
export class ChildLife {
  readonly generation: number;
  readonly handle: ChildHandle;
  readonly startedAt: number;
  /** Settles once, with the classified end; never rejects. */
  readonly death: Promise<Death>;
  /** Settles once nothing that the process had started is left either; never rejects. */
  readonly cleared: Promise<void>;
  readonly #options: ChildLifeOptions;
  readonly #deadlines: LifeDeadlines;
  readonly #turns = new TurnQueue();
  readonly #death = createDeferred<Death>();
  #state: LifeState = 'starting';
  #readyAt: number | null = null;
  #asked: StopIntent | null = null;
  #ownKill: DeathEvidence['ownKill'] = null;
  #failure = '';
  #lastSignAt: number;
  /** Later than the start when it has stood by meanwhile. */
  #startingSince: number;
  #lastDeath: Death | null = null;

  constructor(options: ChildLifeOptions) {
    this.#options = options;
    this.generation = options.generation;
    this.handle = options.handle;
    this.death = this.#death.promise;
    this.cleared = this.death.then(() => this.#clearLeftovers());
    this.#deadlines = new LifeDeadlines({
      ...options,
      onElapsed: (event) => {
        this.#dispatch(event);
      },
    });
    this.startedAt = options.startedAt ?? options.clock.now();
    this.#lastSignAt = this.startedAt;
    this.#startingSince = this.startedAt;
  }

  /** Tells of the start and begins to watch; called once, by whoever keeps the life. */
  begin(): void {
    this.#tell('child.forked');
    this.#apply('armStartup');
    void this.handle.exit.then((fact) => {
      this.#bury(fact);
    });
  }

  get state(): LifeState {
    return this.#state;
  }

  get pid(): number | null {
    return this.handle.identity.pid;
  }

  /** Monotonic; null before the process was ready. */
  get readyAt(): number | null {
    return this.#readyAt;
  }

  /** Monotonic time of the last sign of life. */
  get lastSignAt(): number {
    return this.#lastSignAt;
  }

  /** What it must have done, and in what time: `stop` is the drain's, or that of the next signal once it is being killed. */
  get pendingDeadlines(): ReturnType<LifeDeadlines['pending']> {
    return this.#deadlines.pending();
  }

  /** Reports a sign of life or its absence. `detail` says in words what a failed probe saw. */
  report(
    event:
      | 'announcedReady'
      | 'stoodBy'
      | 'probeSucceeded'
      | 'probeFailed'
      | 'probeFailedBeyondTolerance'
      | 'beat',
    detail = '',
  ): void {
    this.#lastSignAt = this.#options.clock.now();
    if (detail !== '') this.#failure = detail;
    this.#dispatch(event);
  }

  /** Reports that a sign of life is overdue; that is none itself. `detail` says it in words. */
  doubt(detail: string): void {
    this.#failure = detail;
    this.#dispatch('probeFailed');
  }

  /** Gives the process at least `ms` milliseconds, from now, for what it is doing: starting, working or ending. */
  extend(ms: number): void {
    const name = this.#state === 'starting' ? 'startup' : 'stop';
    this.#deadlines.quiet(ms);
    this.#allow(Math.max(ms, this.#deadlines.remainingMs(name)));
  }

  /** The process says that what it does to end takes up to `ms` milliseconds: that replaces the deadline, a longer one too. */
  budgetEnding(ms: number): void {
    this.#allow(ms);
  }

  /** Lets a process that was started beside another take its place. */
  promote(): void {
    this.#startingSince = this.#options.clock.now();
    this.#options.courier.promote();
    this.#dispatch('promoted');
  }

  /**
   * Asks the process to finish its work and end; the signals follow when it does not. Asking again
   * changes nothing, unless it turns out that the session ends: the process is told that as well.
   */
  stop(intent: StopIntent): Promise<Death> {
    return this.#end(intent, 'stopRequested');
  }

  /** Ends the process and all it started at once. */
  kill(intent: StopIntent): Promise<Death> {
    return this.#end(intent, 'killRequested');
  }

  #end(intent: StopIntent, event: 'stopRequested' | 'killRequested'): Promise<Death> {
    this.#turns.take(() => {
      const wasAsked = this.#asked;
      this.#asked = decideIntent(wasAsked, intent);
      const isNews = wasAsked !== null && wasAsked !== this.#asked;
      this.#step(isNews && event === 'stopRequested' ? 'intentChanged' : event);
    });
    return this.death;
  }

  #allow(ms: number): void {
    this.#turns.take(() => {
      this.#deadlines.allow(ms, () => {
        this.#step('deadlineExtended');
      });
    });
  }

  #dispatch(event: LifeEvent): void {
    this.#turns.take(() => {
      this.#step(event);
    });
  }

  #step(event: LifeEvent): void {
    const step = nextStep(childLifeTable, this.#state, event);
    this.#state = step.state;
    for (const effect of step.effects) this.#apply(effect);
  }

  #apply(effect: LifeEffect): void {
    this.#effects[effect]();
  }

  readonly #effects: Record<LifeEffect, () => void> = {
    armStartup: () => {
      this.#deadlines.armStartup();
    },
    clearStartup: () => {
      this.#deadlines.clearStartup();
    },
    armSilence: () => {
      this.#deadlines.armSilence();
    },
    armStop: () => {
      this.#deadlines.armStop(this.#readyAt !== null);
    },
    armKill: () => {
      this.#deadlines.armKill();
    },
    clearDeadlines: () => {
      this.#deadlines.clearAll();
    },
    askToStop: () => {
      this.#options.courier.askToStop(this.#asked ?? 'manual');
    },
    askToFail: () => {
      this.#options.courier.askToFail(this.#failure);
    },
    endTree: () => {
      void this.handle.signalTree('SIGTERM').then(() => this.handle.signalTree('SIGCONT'));
    },
    killTree: () => {
      void this.handle.signalTree('SIGKILL');
    },
    noteStartTimeout: () => {
      const seconds = (this.#options.clock.now() - this.#startingSince) / 1000;
      const trouble = this.#options.witness.startTrouble();
      const within = `not ready within ${String(Math.round(seconds * 10) / 10)} s`;
      this.#note('start-timeout', trouble === '' ? within : `${within}: ${trouble}`);
    },
    noteHang: () => {
      const silenceMs = Math.round(this.#options.clock.now() - this.#lastSignAt);
      this.#note('hang', `no heartbeat for ${String(silenceMs)} ms`);
      this.#options.onEvent({
        type: 'child.hung',
        generation: this.generation,
        pid: this.pid,
        silenceMs,
      });
    },
    noteHealth: () => {
      this.#note('health', this.#failure);
    },
    tellReady: () => {
      this.#readyAt = this.#options.clock.now();
      this.#tell('child.ready');
    },
    tellStandby: () => {
      this.#tell('child.standby');
    },
    tellDegraded: () => {
      this.#tell('child.degraded');
    },
    tellRecovered: () => {
      this.#tell('child.recovered');
    },
    tellDraining: () => {
      this.#tell('child.draining');
    },
  };

  #note(cause: 'hang' | 'health' | 'start-timeout', detail: string): void {
    this.#ownKill ??= { cause, detail };
  }

  #tell(type: PlainChildEvent): void {
    this.#options.onEvent({ type, generation: this.generation, pid: this.pid });
  }

  #bury(fact: ExitFact): void {
    const { witness, clock } = this.#options;
    const { generation, pid } = this;
    const death = createDeath({
      generation,
      pid,
      wasReady: this.#readyAt !== null,
      fact,
      asked: this.#asked,
      ownKill: this.#ownKill,
      witness,
      uptimeMs: clock.now() - this.startedAt,
      lastSignAgeMs: this.#readyAt === null ? null : clock.now() - this.#lastSignAt,
    });
    this.#dispatch('exited');
    this.#lastDeath = death;
    // Settled first: whoever waits for it must not depend on those who are told.
    this.#death.resolve(death);
    this.#options.onEvent({ type: 'child.exited', generation, pid, death });
  }

  async #clearLeftovers(): Promise<void> {
    const { clock, timing, onEvent } = this.#options;
    const count = await sweepLeftovers(this.handle, clock, timing().killMs);
    if (count > 0) onEvent({ type: 'child.leftovers', generation: this.generation, count });
  }

  /** The classified end; null while the process lives. */
  get lastDeath(): Death | null {
    return this.#lastDeath;
  }
}
