import type { ChildEvent, Death } from '../../process/child-events.ts';
import type { Foresight } from '../../process/decide-next.ts';
import { Slot } from '../../process/slot.ts';
import type { SlotEnd } from '../../process/slot-settings.ts';
import { delayRangeMs } from '../../supervision/backoff.ts';
import { ManualClock } from '../../util/manual-clock.ts';
import { resolveExitCode } from '../monitor/ending.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import { resolveSlotSettings } from '../supervision-settings.ts';
import { isStartFailure, type Misfortune } from './parse-script.ts';
import type { SimulationStep } from './simulation-step.ts';
import { VirtualServer } from './virtual-server.ts';

/** What a script comes to. */
export interface Simulation {
  readonly steps: readonly SimulationStep[];
  /** The words that did not happen, as the session had ended. */
  readonly unreached: readonly Misfortune[];
  /** What one more failure would lead to; null when the session has ended. */
  readonly next: Foresight | null;
}

/** The middle of the jitter: the delay is not varied. */
const NO_JITTER = 0.5;

/**
 * Has a script happen to a server under the policy that sessions have: the same slot, the same lives, the same
 * breaker, over processes that are none and a clock that only it moves.
 *
 * A start takes no time, and each word waits until the server is ready, unless it is about a start.
 */
export class SimulatedSession {
  readonly #clock = new ManualClock();
  readonly #options: ResolvedSessionOptions;
  readonly #script: readonly Misfortune[];
  readonly #slot: Slot;
  readonly #servers = new Map<number, VirtualServer>();
  readonly #steps: SimulationStep[] = [];
  /** What was told since the last pause, and is a step once what follows from it is known. */
  #draft: Partial<SimulationStep> | null = null;
  /** The word that happens at the moment, and since when. */
  #present: { readonly misfortune: Misfortune; readonly sinceMs: number } | null = null;
  /** Index of the word that happens next. */
  #next = 0;
  #end: SlotEnd | null = null;

  constructor(script: readonly Misfortune[], options: ResolvedSessionOptions) {
    this.#script = script;
    this.#options = options;
    this.#slot = new Slot({
      clock: this.#clock,
      random: () => NO_JITTER,
      settings: () => resolveSlotSettings(options, options.socket.hold),
      startChild: (generation, purpose) => {
        const server = new VirtualServer(generation, purpose, {
          clock: this.#clock,
          options,
          takeStartFailure: () => this.#takeStartFailure(),
          onEvent: ({ life }, event) => {
            this.#slot.onChildEvent(life, event);
          },
        });
        this.#servers.set(generation, server);
        return server.life;
      },
      onEvent: (event) => {
        this.#note(event);
      },
    });
    void this.#slot.ended.then((end) => {
      this.#end = end;
    });
  }

  /** Runs it to its end; called once. */
  async run(): Promise<Simulation> {
    this.#slot.start();
    while (this.#end === null && this.#next < this.#script.length) await this.#happenNext();
    await this.#waitUntil(() => this.#isReady);
    if (this.#end !== null) this.#push({ event: 'end', exitCode: resolveExitCode(this.#end) });
    const failure = { expected: false, code: null, cause: 'crash' } as const;
    return {
      steps: this.#steps,
      unreached: this.#script.slice(this.#next),
      next: this.#end === null ? this.#slot.foresee(failure) : null,
    };
  }

  async #happenNext(): Promise<void> {
    const index = this.#next;
    const misfortune = this.#script[index];
    if (misfortune === undefined || isStartFailure(misfortune)) {
      await this.#waitUntil(() => this.#next > index);
      return;
    }
    await this.#waitUntil(() => this.#isReady);
    if (this.#end !== null) return;
    this.#take(misfortune);
    if (misfortune.kind === 'ok') await this.#runWell(misfortune.ms);
    else await this.#suffer(misfortune);
  }

  async #runWell(ms: number): Promise<void> {
    this.#clock.advance(ms);
    this.#push({ event: 'ok' });
    await this.#pause();
  }

  async #suffer(misfortune: Misfortune): Promise<void> {
    if (misfortune.kind === 'health' && this.#options.polling === false) {
      this.#push({ event: 'health' });
      return;
    }
    const { current } = this.#slot;
    if (current === null) return;
    this.#servers.get(current.generation)?.suffer(misfortune);
    await this.#waitUntil(() => current.lastDeath !== null);
  }

  get #isReady(): boolean {
    return this.#slot.state === 'running' && this.#slot.current?.state === 'ready';
  }

  #take(misfortune: Misfortune): void {
    this.#next += 1;
    this.#present = { misfortune, sinceMs: this.#clock.now() };
  }

  #takeStartFailure(): Misfortune | null {
    const next = this.#script[this.#next];
    if (next === undefined || !isStartFailure(next)) return null;
    this.#take(next);
    return next;
  }

  /** Moves time from timer to timer until then, or until the session has ended. */
  async #waitUntil(isReached: () => boolean): Promise<void> {
    await this.#pause();
    while (!isReached() && this.#end === null && this.#clock.advanceToNext()) await this.#pause();
  }

  /** What is promised is kept, and what was told is whole. */
  async #pause(): Promise<void> {
    await new Promise(setImmediate);
    if (this.#draft !== null) this.#push(this.#draft);
    this.#draft = null;
  }

  #note(event: ChildEvent): void {
    switch (event.type) {
      case 'child.exited':
        if (!event.death.expected) this.#noteDeath(event.death);
        break;
      case 'child.ready':
        this.#draft = { event: 'ready' };
        break;
      case 'slot.restartScheduled':
        this.#noteRestart(event);
        break;
      case 'slot.sparePromoted':
        this.#amend({ decision: 'promote' });
        break;
      case 'slot.breakerChanged':
        this.#noteBreaker(event);
        break;
      default:
    }
  }

  #noteBreaker({ state, verdict }: Extract<ChildEvent, { type: 'slot.breakerChanged' }>): void {
    if (state === 'halfOpen') this.#draft = { event: 'trial' };
    else if (state === 'closed') this.#amend({ decision: 'breakerCloses' });
    else this.#amend({ decision: 'breakerOpens', attempt: verdict?.attempt ?? null });
  }

  #noteDeath({ cause, code }: Death): void {
    const { misfortune, sinceMs } = this.#present ?? { misfortune: null, sinceMs: 0 };
    this.#draft = {
      event: misfortune?.kind ?? 'exit',
      cause,
      code,
      decision: 'end',
      noticedAfterMs: this.#clock.now() - sinceMs,
    };
  }

  #noteRestart(event: Extract<ChildEvent, { type: 'slot.restartScheduled' }>): void {
    const { delayMs, attempt } = event;
    if (this.#draft?.decision === 'breakerOpens') this.#amend({ delayMs });
    else {
      const range = delayRangeMs(this.#options.restart.backoff, attempt);
      this.#amend({ decision: 'restart', delayMs, attempt, delayRangeMs: range });
    }
  }

  #amend(facts: Partial<SimulationStep>): void {
    if (this.#draft !== null) this.#draft = { ...this.#draft, ...facts };
  }

  #push(facts: Partial<SimulationStep>): void {
    const { breaker, state } = this.#slot;
    this.#steps.push({
      atMs: this.#clock.now(),
      event: 'ready',
      cause: null,
      code: null,
      score: Math.round(breaker.score * 100) / 100,
      state,
      breaker: breaker.state,
      decision: null,
      delayMs: null,
      delayRangeMs: null,
      attempt: null,
      noticedAfterMs: 0,
      exitCode: null,
      ...facts,
    });
  }
}
