import type { ChildEvent } from '../../process/child-events.ts';
import { ChildLife } from '../../process/child-life.ts';
import { HealthTally } from '../../process/health-tally.ts';
import type { StartPurpose } from '../../process/slot-options.ts';
import { type CrashNote, NO_CIRCUMSTANCES } from '../../supervision/death-evidence.ts';
import type { Clock } from '../../util/clock.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import { resolveChildTiming, resolveTolerance } from '../supervision-settings.ts';
import type { Misfortune } from './parse-script.ts';
import { VirtualChild } from './virtual-child.ts';

export interface VirtualServerHooks {
  readonly clock: Clock;
  readonly options: ResolvedSessionOptions;
  /** What the start that begins now is to die of; null when it goes well. */
  readonly takeStartFailure: () => Misfortune | null;
  readonly onEvent: (server: VirtualServer, event: ChildEvent) => void;
}

/** The exit code of a server whose exit handlers ran after it had crashed or failed. */
const CRASHED = 1;

const CRASH: CrashNote = {
  origin: 'uncaughtException',
  handled: false,
  atTopLevel: false,
  summary: 'Error: simulated',
};

/** A server process that takes no time to start, beats while it lives, and suffers what it is told to. */
export class VirtualServer {
  readonly life: ChildLife;
  readonly #hooks: VirtualServerHooks;
  readonly #child: VirtualChild;
  readonly #health: HealthTally;
  #crashNote: CrashNote | null = null;
  #isHanging = false;

  constructor(generation: number, purpose: StartPurpose, hooks: VirtualServerHooks) {
    const { clock, options, onEvent } = hooks;
    this.#hooks = hooks;
    this.#child = new VirtualChild(generation);
    this.#health = new HealthTally({
      tolerance: () => resolveTolerance(options),
      onFailure: () => undefined,
    });
    this.life = new ChildLife({
      generation,
      handle: this.#child,
      clock,
      timing: () => resolveChildTiming(options),
      courier: {
        promote: () => {
          this.#start('current');
        },
        askToStop: () => {
          this.#child.end({ code: 0 });
        },
        askToFail: () => {
          this.#child.end({ code: CRASHED });
        },
      },
      witness: {
        crashNote: () => this.#crashNote,
        lastWords: () => [],
        startTrouble: () => '',
        circumstances: () => NO_CIRCUMSTANCES,
        isWritingDump: () => false,
        isDebugged: () => false,
        hangFacts: () => [],
      },
      onEvent: (event) => {
        onEvent(this, event);
      },
    });
    this.#start(purpose);
  }

  /** Without effect on one that is dead already. */
  suffer(misfortune: Misfortune): void {
    switch (misfortune.kind) {
      case 'crash':
        this.#crashNote = CRASH;
        this.#child.end({ code: CRASHED });
        break;
      case 'exit':
        this.#child.end({ code: misfortune.code });
        break;
      case 'hang':
        this.life.report('beat');
        this.#isHanging = true;
        break;
      case 'health':
        this.#failPolls();
        break;
      case 'start-failed':
        this.#child.end({ spawnError: new Error('simulated') });
        break;
      case 'start-timeout':
      case 'ok':
        break;
    }
  }

  /** What it does when it begins is told by the next timer, as that of a real process is by its next message. */
  #start(purpose: StartPurpose): void {
    const failure = purpose === 'spare' ? null : this.#hooks.takeStartFailure();
    this.#hooks.clock.setTimer(0, () => {
      if (failure !== null) this.suffer(failure);
      else {
        this.life.report(purpose === 'spare' ? 'stoodBy' : 'announcedReady');
        this.#beat();
      }
    });
  }

  /** Often enough for its silence never to be one. */
  #beat(): void {
    if (!this.#child.isAlive || this.#isHanging) return;
    this.life.report('beat');
    const { clock, options } = this.#hooks;
    clock.setTimer(options.heartbeat.silenceMs / 2, () => {
      this.#beat();
    });
  }

  /** From now on every poll is answered with an error, at once. */
  #failPolls(): void {
    const { clock, options } = this.#hooks;
    if (options.polling === false) return;
    clock.setTimer(options.polling.intervalMs, () => {
      if (!this.#child.isAlive) return;
      this.#health.take({ ok: false, reason: 'simulated' }, this.life);
      this.#failPolls();
    });
  }
}
