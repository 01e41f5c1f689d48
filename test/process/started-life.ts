import type { ChildEvent } from '../../lib/process/child-events.ts';
import { ChildLife } from '../../lib/process/child-life.ts';
import type { ChildTiming } from '../../lib/process/child-ports.ts';
import { type CrashNote, NO_CIRCUMSTANCES } from '../../lib/supervision/death-evidence.ts';
import { FakeChild, type FakeChildOptions } from '../../lib/testing/fake-child.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

export const TIMING = {
  startupMs: 60_000,
  silenceMs: 10_000,
  stopMs: 30_000,
  killMs: 2000,
} satisfies ChildTiming;

export interface StartedLife {
  readonly life: ChildLife;
  readonly child: FakeChild;
  readonly clock: ManualClock;
  readonly events: ChildEvent[];
  /** What the process was asked over its courier. */
  readonly asked: string[];
  /** May be changed while the life runs. */
  readonly knows: {
    crashNote: CrashNote | null;
    lastWords: string[];
    isDebugged: boolean;
    hangFacts: string[];
    timing: ChildTiming;
    writesDump: boolean;
  };
}

/** A life over a process that exists only here. */
export function startLife(
  options: FakeChildOptions & { readonly clock?: ManualClock } = {},
): StartedLife {
  const clock = options.clock ?? new ManualClock();
  const child = new FakeChild(options);
  const events: ChildEvent[] = [];
  const asked: string[] = [];
  const knows: StartedLife['knows'] = {
    crashNote: null,
    lastWords: [],
    isDebugged: false,
    hangFacts: [],
    timing: TIMING,
    writesDump: false,
  };
  const life = new ChildLife({
    generation: 1,
    handle: child,
    clock,
    timing: () => knows.timing,
    courier: {
      promote: () => asked.push('promote'),
      askToStop: (intent) => asked.push(`stop ${intent}`),
      askToFail: (detail) => asked.push(`fail ${detail}`),
    },
    witness: {
      crashNote: () => knows.crashNote,
      startTrouble: () => '',
      isDebugged: () => knows.isDebugged,
      hangFacts: () => knows.hangFacts,
      lastWords: () => knows.lastWords,
      circumstances: () => NO_CIRCUMSTANCES,
      isWritingDump: () => knows.writesDump,
    },
    onEvent: (event) => events.push(event),
  });
  life.begin();
  return { life, child, clock, events, asked, knows };
}

/** Lets promises that are settled already take effect. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
