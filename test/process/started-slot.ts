import type { RestartPolicy } from '../../lib/supervision/restart-policy.ts';
import type { ChildEvent } from '../../lib/process/child-events.ts';
import type { ExitFact } from '../../lib/process/child-handle.ts';
import { ChildLife } from '../../lib/process/child-life.ts';
import { Slot } from '../../lib/process/slot.ts';
import type { SlotSettings } from '../../lib/process/slot-settings.ts';
import { NO_CIRCUMSTANCES } from '../../lib/supervision/death-evidence.ts';
import { FakeChild } from '../../lib/testing/fake-child.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { settle, TIMING } from './started-life.ts';

export const BACKOFF = { baseMs: 500, factor: 2, maxMs: 5000, jitter: 0 };
export const BREAKER = {
  failures: 5,
  halfLifeMs: 60_000,
  cooldownMs: 300_000,
  onOpen: 'retry',
} as const;

/** Starts are patient enough for the whole cooldown of the breaker to pass. */
export const SLOT_TIMING = { ...TIMING, startupMs: 2 * BREAKER.cooldownMs };

export interface SlotStart {
  /** Keep a spare process; default false. */
  readonly standby?: boolean;
  /** Default permanent. */
  readonly policy?: RestartPolicy;
  /** Default true. */
  readonly start?: boolean;
  readonly leftovers?: number;
  /** An order given to the slot from within the event of this type, the n-th of its kind. */
  readonly orderAt?: {
    readonly type: ChildEvent['type'];
    readonly count: number;
    readonly give: (slot: Slot) => void;
  };
}

interface SlotLife {
  readonly life: ChildLife;
  readonly child: FakeChild;
  readonly asked: string[];
}

export interface StartedSlot {
  readonly slot: Slot;
  readonly clock: ManualClock;
  /** Every process it has started, the first first. */
  readonly lives: SlotLife[];
  readonly events: ChildEvent[];
  /** May be changed while it runs. */
  readonly settings: { -readonly [Key in keyof SlotSettings]: SlotSettings[Key] };
  types(): string[];
  /** The newest process becomes ready. */
  ready(): void;
  /** The newest process dies. */
  die(fact: Partial<ExitFact>): Promise<void>;
  /** Deaths, an open breaker, reloads that succeed and that are rolled back, until an order was given. */
  liveThroughEverything(): Promise<void>;
  orderGiven(): boolean;
}

/** A slot over processes that exist only here. */
export function startSlot(options: SlotStart = {}): StartedSlot {
  const clock = new ManualClock();
  const lives: SlotLife[] = [];
  const events: ChildEvent[] = [];
  const settings: StartedSlot['settings'] = {
    policy: options.policy ?? 'permanent',
    stopOn: [125],
    backoff: BACKOFF,
    standby: options.standby === true,
    breaker: BREAKER,
  };
  let seen = 0;
  let given = false;
  const { orderAt, leftovers = 0 } = options;
  const slot: Slot = new Slot({
    clock,
    random: () => 0.5,
    settings: () => settings,
    startChild: (generation) => {
      const started = createLife({ slot: () => slot, clock, generation, leftovers });
      lives.push(started);
      return started.life;
    },
    onEvent: (event) => {
      events.push(event);
      if (event.type !== orderAt?.type || given) return;
      seen += 1;
      if (seen < orderAt.count) return;
      given = true;
      orderAt.give(slot);
    },
  });
  if (options.start !== false) slot.start();
  const ready = (): void => lives.at(-1)?.life.report('announcedReady');
  const die = async (fact: Partial<ExitFact>): Promise<void> => {
    lives.at(-1)?.child.end(fact);
    await settle();
  };
  const steps: readonly (() => unknown)[] = [
    ready,
    () => die({ code: 1 }),
    () => die({ code: 1 }),
    () => {
      clock.advance(BACKOFF.maxMs);
      ready();
      settings.breaker = { ...BREAKER, failures: 0.5 };
    },
    () => die({ code: 1 }),
    () => {
      clock.advance(BREAKER.cooldownMs);
      settings.breaker = BREAKER;
      ready();
    },
    () => void slot.reload(),
    () => die({ code: 1 }),
    () => void slot.reload(),
    () => {
      const { current } = slot;
      ready();
      lives.find(({ life }) => life === current)?.child.end({ code: 0 });
    },
  ];
  return {
    slot,
    clock,
    lives,
    events,
    settings,
    ready,
    die,
    types: () => events.map(({ type }) => type),
    orderGiven: () => given,
    liveThroughEverything: async () => {
      for (const step of steps) {
        if (given) return;
        await step();
        await settle();
      }
    },
  };
}

function createLife(context: {
  readonly slot: () => Slot;
  readonly clock: ManualClock;
  readonly generation: number;
  readonly leftovers: number;
}): SlotLife {
  const { slot, clock, generation, leftovers } = context;
  const child = new FakeChild({ pid: 1000 + generation, leftovers });
  const asked: string[] = [];
  const life: ChildLife = new ChildLife({
    generation,
    handle: child,
    clock,
    timing: () => SLOT_TIMING,
    courier: {
      promote: () => asked.push('promote'),
      askToStop: (intent) => asked.push(`stop ${intent}`),
      askToFail: (detail) => asked.push(`fail ${detail}`),
    },
    witness: {
      crashNote: () => null,
      startTrouble: () => '',
      isDebugged: () => false,
      hangFacts: () => [],
      lastWords: () => [],
      circumstances: () => NO_CIRCUMSTANCES,
      isWritingDump: () => false,
    },
    onEvent: (event) => {
      slot().onChildEvent(life, event);
    },
  });
  return { life, child, asked };
}
