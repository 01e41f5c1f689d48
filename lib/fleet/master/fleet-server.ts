import type { ChildEvent, Death } from '../../process/child-events.ts';
import { ChildLife } from '../../process/child-life.ts';
import { Slot } from '../../process/slot.ts';
import type { Clock } from '../../util/clock.ts';
import { createRandomKey } from '../../util/random-key.ts';
import { nextStep } from '../../util/state-machine.ts';
import type { ServerEntry } from '../plan/server-entry.ts';
import { createWitness } from './create-witness.ts';
import { policyOf } from './policy-of.ts';
import { createServerEnd } from './create-server-end.ts';
import { createStateBody } from './create-state-body.ts';
import type { ServerEnd, ServerRetry, ServerStateBody } from './fleet-event.ts';
import type { FleetSettings } from './fleet-settings.ts';
import { FINDS_MASTER_MS, ServerHearing } from './server-hearing.ts';
import type { FoundProcess, ServerLauncher } from './server-launcher.ts';
import {
  type ServerEffect,
  type ServerSignal,
  type ServerState,
  serverTable,
} from './server-machine.ts';

export interface FleetServerParts {
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter of delays. */
  readonly random: () => number;
  readonly settings: FleetSettings;
  readonly launcher: ServerLauncher;
  /** Asks a server over its connection to end; false: it has none. */
  readonly askToStop: (id: string) => boolean;
  readonly tell: (body: ServerStateBody) => void;
  readonly onEffect: (server: FleetServer, effect: ServerEffect) => void;
}

/** A process of the server that runs already, as an earlier master has left it. */
export interface LeftProcess extends FoundProcess {
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly wasReady: boolean;
  /** Its monitor sent something every second. */
  readonly beats?: boolean;
  /** What it was started with; undefined: what is configured is taken for it. */
  readonly entry?: ServerEntry;
}

/**
 * One server of the fleet: keeps it running as long as it is wanted, and says where it is in its life.
 *
 * Its processes are driven by `Slot` and `ChildLife`, as every other is; this gives them their signs of life.
 */
export class FleetServer {
  /** What its next process is started with. */
  entry: ServerEntry;
  readonly #parts: FleetServerParts;
  #startedAs: ServerEntry | null = null;
  #slot: Slot | null = null;
  #life: ChildLife | null = null;
  #state: ServerState = 'down';
  #left: LeftProcess | null = null;
  #isAdopted = false;
  #hearing = new ServerHearing(false);
  /** Milliseconds since the epoch. */
  #since: number | null = null;
  #end: ServerEnd | null = null;
  #retry: ServerRetry | null = null;
  #restarts = 0;
  /** It was asked for again while it was still being ended. */
  #isAskedAgain = false;
  #run = '';

  constructor(entry: ServerEntry, parts: FleetServerParts) {
    this.entry = entry;
    this.#parts = parts;
  }

  get state(): ServerState {
    return this.#state;
  }

  get isRunning(): boolean {
    return this.#life !== null;
  }

  /** Somebody wants it to run: it does, or will again. */
  get isWanted(): boolean {
    return this.#slot !== null && this.#slot.state !== 'stopping';
  }

  /** Whether its monitor is connected. */
  get isConnected(): boolean {
    return this.#hearing.isConnected;
  }

  /** Its monitor sends something every second, or did so to the master before. */
  get beats(): boolean {
    return this.#hearing.beats;
  }

  /** Its machine does not answer: it may run or not. */
  get isUnknown(): boolean {
    return this.#parts.launcher.isUnknown?.(this.entry.id) === true;
  }

  /** It runs on another machine: its pid means nothing here. */
  get isRemote(): boolean {
    return this.#parts.launcher.isRemote?.(this.entry) === true;
  }

  /** What its process was started with; without one what the next is. */
  get runsAs(): ServerEntry {
    return (this.isRunning ? this.#startedAs : null) ?? this.entry;
  }

  get pid(): number | null {
    return this.#life?.pid ?? null;
  }

  get startTime(): string | null {
    return this.#life?.handle.identity.startTime ?? null;
  }

  /** Names its newest process among all of the server. */
  get run(): string {
    return this.#run;
  }

  /** When its process was started, milliseconds since the epoch; null while none runs. */
  get since(): number | null {
    return this.#life === null ? null : this.#since;
  }

  /** How its last process ended that has; null before. */
  get lastEnd(): ServerEnd | null {
    return this.#end;
  }

  /** Until it is started again, milliseconds; null when nothing waits for that. */
  get restartInMs(): number | null {
    const at = this.#slot?.breaker.nextRetryAt ?? null;
    return at === null ? null : Math.max(0, at - this.#parts.clock.now());
  }

  /** Processes that were started after one had ended by itself. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Takes a process over that runs already; the next start finds it running. */
  adopt(left: LeftProcess): void {
    this.#left = left;
    this.start();
    if (left.wasReady) this.#life?.report('announcedReady');
  }

  /** Wants it to run; one that waits for its restart is started at once. */
  start(): void {
    if (this.#slot === null) {
      this.#slot = this.#createSlot();
      this.#slot.start();
    } else if (this.#slot.state === 'stopping') this.#isAskedAgain = true;
    else if (this.#life === null) this.#slot.restart(false);
  }

  /** Ends its process and starts another. */
  restart(): void {
    if (this.#slot === null || this.#slot.state === 'stopping') this.start();
    else this.#slot.restart(false);
  }

  /** Ends it, and undoes a restart that waits. Settles when nothing is left of it. @param force - at once */
  async stop(force: boolean): Promise<void> {
    this.#isAskedAgain = false;
    await this.#slot?.stop(force);
  }

  /** Its monitor is connected. @param beats - it sends something every second as long as its event loop turns */
  noteRegistered(beats: boolean): void {
    this.#hearing.noteRegistered(beats);
    this.#dispatch('registered');
    // What it said to the master before need not have been kept.
    if (this.#isAdopted) this.noteStarted();
    this.noteBeat();
  }

  /** It says that its start is finished. */
  noteStarted(): void {
    this.#life?.report('announcedReady');
  }

  /** The process that was to be started ran already, on another machine. @param since - milliseconds since the epoch */
  noteFound(since: number, startedAs: ServerEntry): void {
    this.#isAdopted = true;
    this.#startedAs = startedAs;
    this.#since = since;
    this.#life?.extend(FINDS_MASTER_MS);
    if (this.isConnected) this.noteStarted();
  }

  noteBeat(): void {
    if (this.beats) this.#life?.report('beat');
  }

  /** Its connection is gone. */
  noteLost(): void {
    this.#hearing.noteLost();
  }

  /** It looks for its master, which has not taken it: that is a sign of life as well. */
  noteKnock(): void {
    if (this.#hearing.isSought) this.#life?.report('beat');
  }

  #createSlot(): Slot {
    const { clock, random, settings } = this.#parts;
    const slot: Slot = new Slot({
      clock,
      random,
      settings: () => ({ ...settings, policy: policyOf(this.entry), stopOn: [], standby: false }),
      startChild: (generation) => {
        const life: ChildLife = this.#createLife(generation, (event) => {
          slot.onChildEvent(life, event);
        });
        this.#life = life;
        return life;
      },
      onEvent: (event) => {
        this.#follow(event);
      },
    });
    void slot.ended.then(() => {
      this.#slot = null;
      this.#retry = null;
      this.#dispatch('cancelled');
      if (!this.#isAskedAgain) return;
      this.#isAskedAgain = false;
      this.start();
    });
    return slot;
  }

  #createLife(generation: number, onEvent: (event: ChildEvent) => void): ChildLife {
    const { clock, launcher, settings } = this.#parts;
    const { id } = this.entry;
    const left = this.#left;
    this.#left = null;
    this.#isAdopted = left !== null;
    if (left !== null) this.#hearing = new ServerHearing(left.beats === true);
    this.#startedAs = left?.entry ?? this.entry;
    this.#since = left?.since ?? clock.wallTime();
    this.#run = left?.run ?? createRandomKey();
    const handle =
      left === null ? launcher.launch(this.entry, this.#run) : launcher.adopt(id, left);
    return new ChildLife({
      generation,
      handle,
      clock,
      startedAt: clock.now() - (clock.wallTime() - this.#since),
      timing: () => ({
        ...settings,
        startupMs: Math.max(settings.startMs, left === null ? 0 : FINDS_MASTER_MS),
        silenceMs: this.#hearing.limit(settings.silenceMs),
      }),
      courier: {
        askToStop: () => {
          if (!this.#parts.askToStop(id)) void handle.signalTree('SIGTERM');
        },
        askToFail: nothing,
        promote: nothing,
      },
      witness: createWitness({
        isDebugged: () => this.#hearing.isExcused || launcher.isInDoubt?.(id) === true,
        lastWords: () => launcher.lastWords(id),
        startTrouble: () => (this.#state === 'registered' ? '' : 'it has not registered'),
      }),
      onEvent,
    });
  }

  #follow(event: ChildEvent): void {
    if (event.type === 'child.forked') this.#dispatch('started');
    else if (event.type === 'child.ready') this.#dispatch('recorded');
    else if (event.type === 'child.hung') this.#dispatch('fellSilent');
    else if (event.type === 'child.draining') this.#dispatch('wasAsked');
    else if (event.type === 'child.exited') this.#bury(event.death);
    else if (event.type === 'slot.restartScheduled') this.#noteSchedule(event);
    else if (event.type === 'slot.breakerChanged' && event.state === 'open') {
      this.#retry = event.verdict;
      this.#dispatch('broke');
    }
  }

  #noteSchedule({ delayMs, attempt }: ServerRetry): void {
    this.#restarts += 1;
    this.#retry = { delayMs, attempt };
    // One that follows at once would only flicker.
    if (delayMs > 0) this.#dispatch('scheduled');
  }

  #bury(death: Death): void {
    const { launcher } = this.#parts;
    this.#end = createServerEnd(death, () => launcher.lastWords(this.entry.id));
    this.#dispatch('ended');
    this.#life = null;
  }

  #dispatch(signal: ServerSignal): void {
    const { state, effects, changed } = nextStep(serverTable, this.#state, signal);
    if (!changed) return;
    this.#state = state;
    this.#tell(signal);
    for (const effect of effects) this.#parts.onEffect(this, effect);
  }

  #tell(signal: ServerSignal): void {
    const facts = { end: this.#end, retry: this.#retry, adopted: this.#isAdopted };
    this.#parts.tell(createStateBody(this, signal, facts));
  }
}

function nothing(): void {
  // Such a server is asked over its connection alone.
}
