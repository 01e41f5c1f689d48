import { followLoop, type LoopState } from '../../../probe/stuck-loop.ts';
import type { LoopStalled } from '../../contract.ts';
import { type Clock, waitFor } from '../../../util/clock.ts';
import type { HangFinding } from '../../hang-note.ts';
import { HangNoteFile } from './hang-note-file.ts';
import { formatCommonStack, isServerFrame } from './sampled-stack.ts';
import type { StackSample, StackTaker } from './stack-taker.ts';
import { BEATS, LONGEST_LAG, QUIET_UNTIL, type WatchdogSettings } from './watchdog-settings.ts';

export interface LoopWatchOptions {
  readonly settings: WatchdogSettings;
  readonly clock: Clock;
  /** The loop has not turned for a while; called once, before anything is known of why. */
  readonly onStuck: () => void;
  /** A loop whose stack was taken turns again. */
  readonly onStalled: (stall: LoopStalled) => void;
}

/** One time of being stuck. */
interface Stall {
  readonly taker: StackTaker;
  readonly samples: StackSample[];
  nextSampleMs: number;
}

/** Few enough to be taken before the monitor's patience ends. */
const KEPT_SAMPLES = 3;
const NATIVE: StackSample = { kind: 'native' };
/** A main thread that runs JavaScript has answered by then. */
const ANSWERS_WITHIN_MS = 300;
/** Of a loop that is stuck again and again the first time says enough. */
const TELL_EVERY_MS = 60_000;

/** Looks at the main thread's event loop, and writes down why it is stuck. */
export class LoopWatch {
  readonly #options: LoopWatchOptions;
  readonly #numbers: Int32Array;
  readonly #note: HangNoteFile;
  #state: LoopState;
  #stall: Stall | null = null;
  #tellNextAt = 0;

  constructor(options: LoopWatchOptions) {
    this.#options = options;
    const { shared, hangNoteFile } = options.settings;
    this.#numbers = new Int32Array(shared);
    this.#note = new HangNoteFile(hangNoteFile, options.clock);
    this.#state = { at: options.clock.now(), beats: this.#beats(), stuckMs: 0 };
  }

  /** Goes on as long as the thread does. */
  async run(): Promise<never> {
    const { clock, settings } = this.#options;
    const { lookEveryMs } = settings.plan;
    for (;;) {
      const dueAt = clock.now() + lookEveryMs;
      await waitFor(clock, lookEveryMs);
      const at = clock.now();
      const look = { at, beats: this.#beats(), lateByMs: at - dueAt };
      await this.#conclude(followLoop(this.#state, look));
    }
  }

  async #conclude(state: LoopState): Promise<void> {
    const { plan } = this.#options.settings;
    this.#state = state;
    if (state.stuckMs === 0) this.#end();
    else if (state.stuckMs >= plan.stuckMs) await this.#look(state);
  }

  async #look({ stuckMs, beats }: LoopState): Promise<void> {
    const { settings, clock } = this.#options;
    const stall = (this.#stall ??= this.#begin());
    if (stuckMs < stall.nextSampleMs || clock.now() < this.#quietUntil()) return;
    const askedAt = clock.now();
    const taken = await stall.taker.take();
    const isLate = clock.now() - askedAt > ANSWERS_WITHIN_MS;
    const hasTurned = this.#beats() !== beats;
    // Of a loop that turns by now the sample tells nothing, but that it may not have answered until then.
    if (hasTurned && !isLate) return;
    const sample = isLate && (hasTurned || isOfNobody(taken)) ? NATIVE : taken;
    stall.samples.push(sample);
    if (stall.samples.length > KEPT_SAMPLES) stall.samples.shift();
    stall.nextSampleMs = stuckMs + settings.plan.againMs;
    this.#note.write({ stuckMs: Math.round(stuckMs), ...summarize(stall) });
  }

  #begin(): Stall {
    const { onStuck, clock, settings } = this.#options;
    Atomics.store(this.#numbers, LONGEST_LAG, 0);
    onStuck();
    const { StackTaker } = require('./stack-taker') as typeof import('./stack-taker.ts');
    const { attemptMs, stackMs } = settings.plan;
    return { taker: new StackTaker(clock, attemptMs), samples: [], nextSampleMs: stackMs };
  }

  #end(): void {
    const stall = this.#stall;
    this.#stall = null;
    if (stall === null || stall.samples.length === 0) return;
    this.#note.remove();
    const { finding, stack } = summarize(stall);
    const now = this.#options.clock.now();
    if (finding === 'debugger' || now < this.#tellNextAt) return;
    this.#tellNextAt = now + TELL_EVERY_MS;
    this.#options.onStalled({
      durationMs: Atomics.load(this.#numbers, LONGEST_LAG),
      finding,
      stack,
    });
  }

  #beats(): number {
    return Atomics.load(this.#numbers, BEATS);
  }

  /** Monotonic milliseconds. */
  #quietUntil(): number {
    return Atomics.load(this.#numbers, QUIET_UNTIL) * 1000;
  }
}

/** What a main thread does right after it has left native code may be no call of the server at all. */
function isOfNobody(sample: StackSample): boolean {
  return sample.kind === 'stack' && !sample.frames.some(isServerFrame);
}

interface Summary {
  readonly finding: HangFinding;
  readonly stack: string | null;
  readonly why: string;
}

function summarize({ samples, taker }: Stall): Summary {
  const latest = samples.at(-1) ?? { kind: 'native' };
  const taken = samples.flatMap((sample) => (sample.kind === 'stack' ? [sample.frames] : []));
  if (latest.kind === 'debugger' || taken.length === 0) {
    return {
      finding: latest.kind,
      stack: null,
      why: latest.kind === 'unavailable' ? latest.why : '',
    };
  }
  const { createStackMapper } =
    require('../../../report/map-stack') as typeof import('../../../report/map-stack.ts');
  const mapStack = createStackMapper((path) => taker.readCode(path));
  return { finding: 'stack', stack: mapStack(formatCommonStack(taken)), why: '' };
}
