import type { FailureVerdict } from '../supervision/breaker.ts';
import {
  type SlotEffect,
  type SlotEvent,
  type SlotState,
  slotTable,
} from '../supervision/slot-machine.ts';
import { createDeferred } from '../util/deferred.ts';
import { nextStep } from '../util/state-machine.ts';
import { TurnQueue } from '../util/turn-queue.ts';
import type { ChildEvent, Death } from './child-events.ts';
import type { ChildLife } from './child-life.ts';
import type { StopIntent } from './child-ports.ts';
import { Deadlines } from './deadlines.ts';
import type { DecidedDeath, Foresight, NextDecision, NextSources } from './decide-next.ts';
import { decideNext, foreseeEffects } from './decide-next.ts';
import { SlotBreaker } from './slot-breaker.ts';
import { SlotCrew } from './slot-crew.ts';
import { describeRollback } from './rollback-reason.ts';
import type { SlotOptions } from './slot-options.ts';
import { PendingReload } from './pending-reload.ts';
import type { ReloadVerdict, SlotEnd } from './slot-settings.ts';

/**
 * Keeps one server wanted: starts it, starts it again after a death as policy, backoff and breaker
 * say, replaces it by a verified successor, and stops it. At most two processes are alive for it.
 *
 * It is the only writer of its state; orders and deaths enter as events of slot-machine's table.
 */
export class Slot {
  /** Settles once no process is left and none will be started again; never rejects. */
  readonly ended: Promise<SlotEnd>;
  readonly breaker: SlotBreaker;
  readonly #options: SlotOptions;
  readonly #ended = createDeferred<SlotEnd>();
  readonly #deadlines: Deadlines<'retry'>;
  readonly #turns = new TurnQueue();
  readonly #reload: PendingReload;
  readonly #crew: SlotCrew;
  #state: SlotState = 'idle';
  #lastDeath: Death | null = null;
  #why: SlotEnd['why'] = 'asked';
  #intent: StopIntent = 'manual';
  #force = false;

  constructor(options: SlotOptions) {
    this.#options = options;
    this.breaker = new SlotBreaker(options);
    this.#reload = new PendingReload(options.onEvent);
    this.#deadlines = new Deadlines(options.clock);
    this.ended = this.#ended.promise;
    this.#crew = new SlotCrew(options);
  }

  get state(): SlotState {
    return this.#state;
  }

  /** The process that serves, or is about to. */
  get current(): ChildLife | null {
    return this.#crew.current;
  }

  /** The process that waits to take the place of the one that serves. */
  get spare(): ChildLife | null {
    return this.#crew.spare.life;
  }

  /** Until the next spare is started; null when none waits for its start. */
  get spareStartInMs(): number | null {
    return this.#crew.spare.startInMs;
  }

  get generation(): number {
    return this.#crew.generation;
  }

  /** What a death of the process that serves would lead to at this moment; nothing is counted. */
  foresee(death: DecidedDeath): Foresight {
    const decision = this.#decide(death, () => this.breaker.foreseeFailure());
    return foreseeEffects(this.#state, decision);
  }

  start(): void {
    this.#dispatch('startRequested');
  }

  /** Replaces the process: drained first, or killed at once with `force`. A waiting restart is brought forward. */
  restart(force: boolean): void {
    this.#intent = 'manual';
    this.#force = force;
    this.#dispatch('restartRequested');
  }

  /** Starts a successor; only when it has become ready is the old process drained, else the old one stays. */
  reload(intent: StopIntent = 'reload'): Promise<ReloadVerdict> {
    return new Promise((resolve) => {
      this.#turns.take(() => {
        resolve(this.#beginReload(intent));
      });
    });
  }

  #beginReload(intent: StopIntent): ReloadVerdict | Promise<ReloadVerdict> {
    if (this.#reload.isUndecided) return { outcome: 'refused', reason: 'inProgress' };
    if (this.#state !== 'running') return { outcome: 'refused', reason: 'notRunning' };
    const verdict = this.#reload.open();
    this.#intent = intent;
    this.#step('reloadRequested');
    return verdict;
  }

  /** Ends all processes and starts none again; `force` leaves out the drain. May be called again to force. */
  stop(force: boolean): Promise<SlotEnd> {
    this.#why = 'asked';
    this.#intent = 'session-end';
    this.#force = force;
    this.#dispatch('stopRequested');
    this.#turns.take(() => {
      if (this.#crew.isEmpty) this.#step('allGone');
    });
    return this.ended;
  }

  /** Takes the events of the lives that `startChild` made. */
  onChildEvent(life: ChildLife, event: ChildEvent): void {
    this.#turns.take(() => {
      if (event.type === 'child.ready') this.#noteReady(life, event);
      else if (event.type === 'child.standby') this.#noteStandby(life);
      else this.#options.onEvent(event);
      if (event.type === 'child.exited') this.#noteDeath(life, event.death);
    });
  }

  /** Who hears that a process is ready finds it in its place already: what follows from it is told after. */
  #noteReady(life: ChildLife, event: ChildEvent): void {
    const tell = (): void => {
      this.#options.onEvent(event);
    };
    if (life === this.current) this.#step('becameReady', tell);
    else if (life === this.#crew.spare.life) this.#noteStandby(life);
    else {
      if (life === this.#crew.successor) this.#step('successorReady');
      tell();
    }
  }

  #noteStandby(life: ChildLife): void {
    // One that was taken before it had said so begins its work now.
    if (life !== this.#crew.spare.life) {
      life.promote();
      return;
    }
    this.#crew.spare.noteReady();
    const { generation, pid } = life;
    this.#options.onEvent({ type: 'slot.spareReady', generation, pid });
  }

  #noteDeath(life: ChildLife, death: Death): void {
    // A spare may still die after the death that the policy has ended the slot for.
    if (this.#why === 'asked') this.#lastDeath = death;
    const place = this.#crew.bury(life);
    if (place === 'current') this.#step(this.#decideNext(death));
    else if (place === 'successor') this.#step('successorDied');
    else if (place === 'predecessor') this.#step('predecessorGone');
    if (this.#crew.isEmpty) this.#step('allGone');
  }

  /** Says as an event of the table what the death of the current process leads to. */
  #decideNext(death: Death): SlotEvent {
    const { event, verdict, why } = this.#decide(death, () => this.breaker.countFailure());
    if (verdict?.kind === 'open') this.#tellBreaker('open', verdict);
    if (why !== null) this.#why = why;
    return event;
  }

  #decide(death: DecidedDeath, judgeFailure: NextSources['judgeFailure']): NextDecision {
    const canPromote = this.#state === 'running' && this.#crew.spare.life !== null;
    return decideNext(death, { settings: this.#options.settings(), judgeFailure, canPromote });
  }

  #dispatch(event: SlotEvent): void {
    this.#turns.take(() => {
      this.#step(event);
    });
  }

  #step(event: SlotEvent, beforeEffects = (): void => undefined): void {
    const step = nextStep(slotTable, this.#state, event);
    this.#state = step.state;
    beforeEffects();
    for (const effect of step.effects) this.#effects[effect]();
  }

  readonly #effects: Record<SlotEffect, () => void> = {
    fork: () => {
      this.#tellRestart();
      this.breaker.clearSchedule();
      this.#crew.fork();
    },
    forkSuccessor: () => {
      this.#options.onEvent({ type: 'slot.reloadStarted', generation: this.generation });
      this.#crew.forkSuccessor();
    },
    promote: () => {
      void this.#crew.promoteSuccessor()?.stop(this.#intent);
    },
    adoptSuccessor: () => {
      this.#crew.promoteSuccessor();
    },
    discardSuccessor: () => {
      this.#crew.discardSuccessor();
      this.#reload.rollBack(this.generation, 'a restart was asked for');
    },
    rollBack: () => {
      this.#reload.rollBack(this.generation, describeRollback(this.#lastDeath));
    },
    concludeReload: () => {
      this.#reload.succeed(this.generation);
    },
    forkSpare: () => {
      this.#crew.spare.want();
    },
    promoteSpare: () => {
      this.#promoteSpare();
    },
    discardSpare: () => {
      this.#crew.spare.discard();
    },
    stopCurrent: () => {
      const life = this.current;
      if (life !== null) void (this.#force ? life.kill(this.#intent) : life.stop(this.#intent));
    },
    stopAll: () => {
      this.#reload.rollBack(this.generation, 'the session ends');
      this.#crew.endAll(this.#force, this.#intent);
    },
    armRetry: () => {
      const verdict = this.breaker.takeVerdict();
      if (verdict === null) return;
      this.breaker.schedule(verdict.delayMs);
      this.#tellScheduled(verdict);
      this.#deadlines.arm('retry', verdict.delayMs, () => {
        this.#dispatch('retryElapsed');
      });
    },
    clearRetry: () => {
      this.#deadlines.clear('retry');
      this.breaker.clearSchedule();
    },
    beginTrial: () => {
      this.breaker.beginTrial();
      this.#tellBreaker('halfOpen', null);
    },
    closeBreaker: () => {
      if (this.breaker.close()) this.#tellBreaker('closed', null);
    },
    end: () => {
      this.#deadlines.clearAll();
      // Somebody may still drain although no process is wanted any more.
      void this.#crew.clear().then(() => {
        this.#ended.resolve({ why: this.#why, lastDeath: this.#lastDeath });
      });
    },
  };

  /** A death costs no wait here; should the spare die of the same, its own successor waits the longer. */
  #promoteSpare(): void {
    const verdict = this.breaker.takeVerdict();
    const life = verdict === null ? null : this.#crew.seatSpare(verdict.delayMs);
    if (life === null || verdict === null) return;
    this.#tellScheduled({ ...verdict, delayMs: 0 });
    const { generation, pid } = life;
    this.#options.onEvent({ type: 'slot.sparePromoted', generation, pid });
    life.promote();
    if (life.readyAt === null) return;
    this.#turns.take(() => {
      this.#noteReady(life, { type: 'child.ready', generation, pid });
    });
  }

  /** An immediate restart is announced like a delayed one; the first start is no restart. */
  #tellRestart(): void {
    const verdict = this.breaker.takeVerdict();
    if (verdict?.kind === 'retry') this.#tellScheduled(verdict);
  }

  #tellScheduled({ delayMs, attempt }: FailureVerdict): void {
    const generation = this.generation;
    this.#options.onEvent({ type: 'slot.restartScheduled', generation, delayMs, attempt });
  }

  #tellBreaker(state: 'closed' | 'open' | 'halfOpen', verdict: FailureVerdict | null): void {
    const generation = this.generation;
    this.#options.onEvent({ type: 'slot.breakerChanged', generation, state, verdict });
  }
}
