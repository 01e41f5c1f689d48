import type { ChildEvent, Death } from '../process/child-events.ts';
import type { ChildHandle } from '../process/child-handle.ts';
import { ChildLife } from '../process/child-life.ts';
import type { StopIntent } from '../process/child-ports.ts';
import { Deadlines } from '../process/deadlines.ts';
import { NO_CIRCUMSTANCES } from '../supervision/death-evidence.ts';
import type { Clock } from '../util/clock.ts';
import { createDeferred } from '../util/deferred.ts';
import { nextStep } from '../util/state-machine.ts';
import { describeEnd } from './describe-end.ts';
import { reportSignals } from './report-signals.ts';
import type { ResolvedSpawnerOptions } from './resolve-spawner-options.ts';
import type { SpawnEnd, SpawnStateBody } from './spawn-event.ts';
import {
  type SpawnEffect,
  type SpawnSignal,
  type SpawnState,
  spawnTable,
} from './spawn-machine.ts';
import { inSeconds, type TrafficMeter, UseWatch } from './use-watch.ts';

/** What a server can say of itself. */
export type LivelinessWord = 'ready' | 'ping' | 'disconnect';

/** What names a server, and what it was started for. */
export interface SpawnIdentity {
  readonly id: string;
  /** Part of the address it reports to. */
  readonly secret: string;
  readonly port: number;
  readonly rendererType: string;
}

export interface SpawnParts {
  readonly identity: SpawnIdentity;
  readonly handle: ChildHandle;
  readonly isSpare: boolean;
  /** An earlier spawner has started it, then (milliseconds since the epoch); null: it was started now. */
  readonly adopted: { readonly spawnTime: number } | null;
  readonly options: ResolvedSpawnerOptions;
  readonly clock: Clock;
  readonly lastWords: () => readonly string[];
  readonly tell: (body: SpawnStateBody) => void;
}

/** After SIGTERM, SIGKILL; after SIGKILL, a zombie. */
const ESCALATION_MS = 5000;

/**
 * One server: an executable that proves over HTTP that it lives.
 *
 * Its process is driven by `ChildLife`, as every other is; this gives that driver its signs of life, and publishes
 * what becomes of the process as the states of a spawn.
 */
export class Spawn {
  readonly identity: SpawnIdentity;
  /** Milliseconds since the epoch. */
  readonly spawnTime: number;
  readonly isAdopted: boolean;
  /** Settles once: null when it is ready, how it ended when it never was. */
  readonly launched: Promise<SpawnEnd | null>;
  /** Settles once its process, and all that it had started, is gone. */
  readonly cleared: Promise<void>;
  readonly #parts: SpawnParts;
  readonly #life: ChildLife;
  readonly #use: UseWatch;
  readonly #silence: Deadlines<'suspect'>;
  readonly #launched = createDeferred<SpawnEnd | null>();
  #state: SpawnState = 'launching';
  #isSpare: boolean;
  #lastUpdateTime: number;
  #endReason: string | null = null;
  /** It has said goodbye, and is on its way out by itself. */
  #isLeaving = false;
  #end: SpawnEnd | null = null;

  constructor(parts: SpawnParts) {
    const { clock, options } = parts;
    this.#parts = parts;
    this.identity = parts.identity;
    this.#isSpare = parts.isSpare;
    this.isAdopted = parts.adopted !== null;
    this.launched = this.#launched.promise;
    this.#lastUpdateTime = clock.wallTime();
    this.spawnTime = parts.adopted?.spawnTime ?? this.#lastUpdateTime;
    this.#silence = new Deadlines(clock);
    this.#use = new UseWatch({
      ...options,
      clock,
      onOver: (reason) => {
        this.end(reason);
      },
    });
    this.#life = this.#createLife();
    this.cleared = this.#life.cleared;
  }

  /** Tells of the launch and begins to watch; called once. */
  begin(): void {
    this.#tell();
    this.#life.begin();
  }

  get state(): SpawnState {
    return this.#state;
  }

  get pid(): number | null {
    return this.#life.pid;
  }

  get startTime(): string | null {
    return this.#life.handle.identity.startTime;
  }

  get isSpare(): boolean {
    return this.#isSpare;
  }

  /** Milliseconds since the epoch. */
  get lastUpdateTime(): number {
    return this.#lastUpdateTime;
  }

  get endReason(): string | null {
    return this.#end?.endedBecause ?? this.#endReason;
  }

  get isServing(): boolean {
    return this.#state === 'ready' || this.#state === 'suspect';
  }

  /** Whether it lives and nothing has been done to end it. */
  get isLasting(): boolean {
    return this.#endReason === null && (this.#state === 'launching' || this.isServing);
  }

  /** Takes what the server says of itself. Said again, it changes nothing; once it ends, nothing does. */
  hear(word: LivelinessWord, isActive?: boolean): void {
    this.#lastUpdateTime = this.#parts.clock.wallTime();
    if (isActive === true) this.#use.noteUse();
    if (word === 'disconnect') this.#dispatch('saidDisconnect');
    // An adopted one had said that it is ready before, perhaps to a spawner that could not write it down.
    else if (this.#state === 'launching' && (word === 'ready' || this.isAdopted))
      this.#life.report('announcedReady');
    else if (this.isServing) this.#noteLife();
  }

  /** Counts what goes through a connection to it as use. @returns to be called when the connection has ended */
  followUse(meter: TrafficMeter): () => void {
    return this.#use.follow(meter);
  }

  /** Hands it out to somebody. */
  claim(): void {
    this.#isSpare = false;
    if (this.isServing) this.#use.begin();
  }

  /** Ends it: SIGTERM at once, then SIGKILL. The first reason counts. */
  end(reason: string, intent: StopIntent = 'manual'): void {
    if (this.#end !== null) return;
    this.#isLeaving = false;
    this.#endReason ??= reason;
    void this.#life.stop(intent);
    // It was let go in peace before: that time is over now.
    if (this.#life.state === 'draining') this.#life.budgetEnding(0);
  }

  /** Ends it at once: SIGKILL. */
  kill(reason: string): void {
    if (this.#end !== null) return;
    this.#endReason ??= reason;
    void this.#life.kill('session-end');
  }

  #createLife(): ChildLife {
    const { handle, clock, options, lastWords } = this.#parts;
    return new ChildLife({
      generation: 1,
      handle: reportSignals(handle, (signal) => {
        this.#noteSignal(signal);
      }),
      clock,
      timing: () => ({
        startupMs: options.startDeadlineMs,
        silenceMs: options.silenceMs,
        endsSilentGently: true,
        stopMs: this.#isLeaving ? options.silenceMs : 0,
        killMs: ESCALATION_MS,
      }),
      courier: { askToStop: nothing, askToFail: nothing, promote: nothing },
      witness: {
        isDebugged: () => false,
        hangFacts: () => [],
        crashNote: () => null,
        lastWords,
        startTrouble: () => '',
        circumstances: () => NO_CIRCUMSTANCES,
        isWritingDump: () => false,
      },
      onEvent: (event) => {
        this.#follow(event);
      },
    });
  }

  #follow(event: ChildEvent): void {
    if (event.type === 'child.ready') {
      this.#dispatch('saidReady');
      this.#awaitWord();
    } else if (event.type === 'child.degraded') this.#dispatch('fellSilent');
    else if (event.type === 'child.recovered') this.#dispatch('spokeAgain');
    else if (event.type === 'child.hung')
      this.#endReason ??= `silent for ${inSeconds(event.silenceMs)}`;
    else if (event.type === 'child.exited') this.#bury(event.death);
  }

  #noteLife(): void {
    this.#life.report('beat');
    this.#life.report('probeSucceeded');
    this.#awaitWord();
  }

  #awaitWord(): void {
    const { suspectMs } = this.#parts.options;
    this.#silence.arm('suspect', suspectMs, () => {
      this.#life.doubt(`silent for ${inSeconds(suspectMs)}`);
    });
  }

  #noteSignal(signal: NodeJS.Signals): void {
    if (signal === 'SIGTERM') this.#dispatch('sentTerm');
    else if (signal === 'SIGKILL')
      this.#dispatch(this.#state === 'killed' ? 'outlivedKill' : 'sentKill');
  }

  #bury(death: Death): void {
    this.#end = describeEnd(death, this.#endReason, this.#parts.options.exitCodes);
    this.#dispatch('ended');
    this.#launched.resolve(this.#end);
  }

  #dispatch(signal: SpawnSignal): void {
    const { state, effects, changed } = nextStep(spawnTable, this.#state, signal);
    if (!changed) return;
    this.#state = state;
    this.#lastUpdateTime = this.#parts.clock.wallTime();
    this.#tell();
    for (const effect of effects) this.#effects[effect]();
  }

  readonly #effects: Record<SpawnEffect, () => void> = {
    startUse: () => {
      if (!this.#isSpare) this.#use.begin();
      this.#launched.resolve(null);
    },
    awaitEnd: () => {
      this.#endReason ??= 'it has disconnected';
      this.#isLeaving = true;
      void this.#life.stop('session-end');
    },
    endUse: () => {
      this.#use.end();
      this.#silence.clearAll();
    },
  };

  #tell(): void {
    const { id, rendererType, port } = this.identity;
    this.#parts.tell({
      type: `spawn.${this.#state}`,
      id,
      rendererType,
      port,
      pid: this.pid,
      spare: this.#isSpare,
      adopted: this.isAdopted,
      ...(this.#end === null ? {} : { end: this.#end }),
    });
  }
}

function nothing(): void {
  // Such a server takes signals alone.
}
