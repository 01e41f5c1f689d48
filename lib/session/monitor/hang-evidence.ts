import { existsSync, rmSync } from 'node:fs';
import type { NamedProcess } from '../../process/process-tree.ts';
import type { RunState } from '../../process/run-state.ts';
import type { Clock } from '../../util/clock.ts';
import type { LoopStalled } from '../contract.ts';
import type { HangNote } from '../hang-note.ts';
import type { DescribedStack } from './describe-hang-stack.ts';

export interface HangEvidenceOptions {
  readonly clock: Clock;
  readonly noteFile: string;
  readonly pid: () => number | null;
  /** Whether the thread that could take the stack runs at all. */
  readonly watchdog: boolean;
  readonly silenceMs: () => number;
  readonly projectDirectory: () => string;
  readonly warn: (text: string) => void;
}

/** What is known of a loop that is stuck. */
export interface HangStory {
  /** Its source maps applied. */
  readonly stack: string | null;
  /** Why there is no stack; empty when there is one. */
  readonly note: string;
  /** The innermost call within the project, such as `busy (src/app.js:12)`. */
  readonly place: string | null;
}

export interface StallStory extends HangStory {
  readonly durationMs: number;
}

/** What was seen of the process at one moment. */
interface Look {
  readonly note: HangNote | null;
  readonly state: RunState | null;
  readonly children: readonly NamedProcess[];
}

const NATIVE = 'no JavaScript frame could be taken: the loop is inside native code';
const NAMED_CHILDREN = 3;

/** Looks at a server process that gives no sign of life, and says what it is stuck in. */
export class HangEvidence {
  readonly #options: HangEvidenceOptions;
  #look: Look | null = null;
  #story: HangStory | null = null;
  #warned = false;

  constructor(options: HangEvidenceOptions) {
    this.#options = options;
  }

  /** Whether a person holds the process in a debugger: its silence is no hang then. Looks at it anew. */
  isDebugged(): boolean {
    this.#look = this.#lookNow();
    this.#story = null;
    const { note, state } = this.#look;
    const isDebugged = note?.finding === 'debugger' || state?.letter === 't';
    if (isDebugged && !this.#warned) this.#warn(state);
    return isDebugged;
  }

  /** Made from the last look, which a dead process no longer allows; without one, from what it has left. */
  tell(): HangStory {
    this.#look ??= { note: this.#readNote(), state: null, children: [] };
    this.#story ??= this.#compose(this.#look);
    return this.#story;
  }

  /** A loop that was stuck and turns again. */
  describeStall({ durationMs, finding, stack }: LoopStalled): StallStory {
    if (stack !== null) return { durationMs, note: '', ...this.#describe(stack) };
    const note = finding === 'native' ? NATIVE : 'no JavaScript frame could be taken';
    return { durationMs, stack: null, note, place: null };
  }

  /** One sentence each; none of a process that was neither silent nor stuck. */
  facts(): readonly string[] {
    if (this.#look === null && this.#readNote() === null) return [];
    const { place, note, stack } = this.tell();
    if (stack === null) return [note];
    return [`the event loop was stuck in ${place ?? 'code outside the project'}`];
  }

  /** The stack as it was taken; null when there is none. */
  get rawStack(): string | null {
    return (this.#look?.note ?? this.#readNote())?.stack ?? null;
  }

  close(): void {
    rmSync(this.#options.noteFile, { force: true });
    rmSync(`${this.#options.noteFile}.tmp`, { force: true });
  }

  #lookNow(): Look {
    const { pid } = this.#options;
    const note = this.#readNote();
    const target = pid();
    if (target === null) return { note, state: null, children: [] };
    const { readRunState, readChildren } =
      require('../../process/run-state') as typeof import('../../process/run-state.ts');
    const state = readRunState(target);
    const waits = state?.letter === 'S' || state?.letter === 'D';
    return {
      note,
      state,
      children: waits && (note?.stack ?? null) === null ? readChildren(target) : [],
    };
  }

  /** What the thread has said lately; it says so again as long as the loop is stuck. */
  #readNote(): HangNote | null {
    const { noteFile, clock, silenceMs, pid } = this.#options;
    // Every death asks, and the start of the next process comes after the answer.
    if (!existsSync(noteFile)) return null;
    const { readHangNote } = require('./read-hang-note') as typeof import('./read-hang-note.ts');
    const note = readHangNote(noteFile);
    if (note === null || note.pid !== pid()) return null;
    return clock.now() - note.at <= silenceMs() ? note : null;
  }

  #compose(look: Look): HangStory {
    const stack = look.note?.stack ?? null;
    if (stack === null) return { stack, note: this.#explain(look), place: null };
    return { note: '', ...this.#describe(stack) };
  }

  #describe(stack: string): DescribedStack {
    const { describeHangStack } =
      require('./describe-hang-stack') as typeof import('./describe-hang-stack.ts');
    return describeHangStack(stack, this.#options.projectDirectory());
  }

  #explain({ note, state, children }: Look): string {
    if (state?.letter === 'T') return 'the process was stopped (state T)';
    if (!this.#options.watchdog) return 'no stack was taken: the watchdog is off';
    if (note === null) return 'no stack was taken: the watchdog thread has said nothing';
    if (note.finding === 'debugger') return 'it was paused in a debugger';
    if (note.finding === 'native') return describeNative(state, children);
    return `no JavaScript frame could be taken: ${note.why}`;
  }

  #warn(state: RunState | null): void {
    this.#warned = true;
    const by = state === null || state.tracer === null ? '' : ` by pid ${String(state.tracer)}`;
    this.#options.warn(
      `the server process (pid ${String(this.#options.pid())}) is held in a debugger${by}: as long as it is, its silence is not taken for a hang`,
    );
  }
}

function describeNative(state: RunState | null, children: readonly NamedProcess[]): string {
  if (state?.letter === 'R') return `${NATIVE}, which computes (state R)`;
  if (state?.letter !== 'S' && state?.letter !== 'D') return NATIVE;
  const named = children
    .slice(0, NAMED_CHILDREN)
    .map(({ pid, command }) => `pid ${String(pid)} (${command})`);
  const beside = named.length === 0 ? '' : `; its child processes: ${named.join(', ')}`;
  return `${NATIVE}, which waits (state ${state.letter})${beside}`;
}
