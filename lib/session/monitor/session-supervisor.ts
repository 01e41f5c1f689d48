import type { ChildEvent, Death } from '../../process/child-events.ts';
import type { ChildLife } from '../../process/child-life.ts';
import type { HeldSockets } from '../../process/listener/held-sockets.ts';
import { Slot } from '../../process/slot.ts';
import type { StartPurpose } from '../../process/slot-options.ts';
import type { SlotEnd } from '../../process/slot-settings.ts';
import type { LoadedSecret } from '../../report/mask-secrets.ts';
import type { Clock } from '../../util/clock.ts';
import type { KillRequest } from '../contract.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import type { SessionEventBody } from '../session-event.ts';
import { resolveSlotSettings } from '../supervision-settings.ts';
import type { EndingManner } from './ending.ts';
import { Doorway } from './doorway.ts';
import { findProjectDirectory } from './project-directory.ts';
import { forkServer, type ServerProgram, type StartedServer } from './server-fork.ts';
import { ServerInstance } from './server-instance.ts';
import type { OutputSink } from './server-output.ts';
import type { EventSource, SessionJournal } from './session-journal.ts';
import { describeSocketMode, describeUnheld } from './socket-mode.ts';

export interface SupervisorHooks {
  readonly clock: Clock;
  readonly journal: SessionJournal;
  readonly options: () => ResolvedSessionOptions;
  /** The listening sockets; null when they are not held, by choice or for lack of what it takes. */
  readonly held: HeldSockets | null;
  readonly sessionKey: () => string;
  readonly endingManner: () => EndingManner;
  readonly openOutput: (source: EventSource) => OutputSink;
  readonly warn: (text: string) => void;
  readonly onKill: (request: KillRequest) => void;
  readonly onSecrets: (secrets: readonly LoadedSecret[]) => void;
  /** A process was started; its message handlers are to be registered. */
  readonly onServer: (server: ServerInstance) => void;
  readonly onReady: (isFirstTime: boolean) => void;
  /** What follows the death is decided already, and may have begun; `restarts` are those before it. */
  readonly onDeath: (server: ServerInstance, death: Death, restarts: number) => void;
}

export interface RestartCounts {
  readonly total: number;
  readonly byCause: Readonly<Record<string, number>>;
}

/** Keeps the server of a session up: drives the slot, and publishes what happens under the session's event names. */
export class SessionSupervisor {
  readonly slot: Slot;
  readonly #hooks: SupervisorHooks;
  readonly #servers = new Map<ChildLife, ServerInstance>();
  readonly #byCause: Record<string, number> = {};
  readonly #doorway: Doorway | null;
  #program: ServerProgram | null = null;
  #started: StartedServer | null = null;
  /** The first process is to replace that of another monitor: if it does not become ready, nothing more is tried. */
  #isTrial = false;
  #restarts = 0;
  #readyOnce = false;
  #lastDeath: (Death & { readonly at: string }) | null = null;

  constructor(hooks: SupervisorHooks) {
    this.#hooks = hooks;
    this.#doorway = hooks.held === null ? null : new Doorway(hooks.held, hooks.clock);
    hooks.held?.whenUseless(() => {
      const why = 'this Node cannot be made to listen on a given socket';
      hooks.warn(describeUnheld(why, hooks.options()));
    });
    this.slot = new Slot({
      clock: hooks.clock,
      random: Math.random,
      settings: () => {
        const settings = resolveSlotSettings(hooks.options(), hooks.held !== null);
        return this.#isTrial && !this.#readyOnce ? { ...settings, policy: 'temporary' } : settings;
      },
      startChild: (generation, purpose) => this.#startChild(generation, purpose),
      onEvent: (event) => {
        this.#publish(event);
      },
    });
  }

  /** The listening sockets; null when they are not held. */
  get held(): HeldSockets | null {
    return this.#hooks.held;
  }

  /** The server process that serves or is about to. */
  get server(): ServerInstance | null {
    const { current } = this.slot;
    return current === null ? null : (this.#servers.get(current) ?? null);
  }

  get servers(): readonly ServerInstance[] {
    return [...this.#servers.values()];
  }

  get restarts(): RestartCounts {
    return { total: this.#restarts, byCause: { ...this.#byCause } };
  }

  get lastDeath(): (Death & { readonly at: string }) | null {
    return this.#lastDeath;
  }

  /** Which way of listening is in force, in words. */
  get socketMode(): string {
    return describeSocketMode(this.#hooks.held, this.#hooks.options());
  }

  /** @param started - the first process, when it was started already */
  start(program: ServerProgram, started: StartedServer | null): Promise<SlotEnd> {
    this.#program = program;
    this.#started = started;
    this.#isTrial = started?.isSuccessor === true;
    this.slot.start();
    return this.slot.ended;
  }

  #startChild(generation: number, purpose: StartPurpose): ChildLife {
    const { clock, options } = this.#hooks;
    if (this.#program === null) throw new TypeError('the slot was started before the session');
    if (purpose === 'current' && generation > 1) this.#countRestart();
    const request = {
      program: this.#program,
      options: options(),
      sessionKey: this.#hooks.sessionKey(),
    };
    const isSpare = purpose === 'spare';
    const isSuccessor = purpose !== 'current';
    const { held } = this.#hooks;
    const started =
      this.#started ?? forkServer({ ...request, generation, clock, held, isSuccessor, isSpare });
    this.#started = null;
    const server = new ServerInstance(generation, started, {
      ...this.#hooks,
      projectDirectory: () =>
        findProjectDirectory(request.program.entry, request.options.baseDirectory),
      tell: (teller, event) => {
        this.#hooks.journal.tell(event, teller.life);
      },
      onChildEvent: (teller, event) => {
        this.#onChildEvent(teller, event);
      },
    });
    this.#servers.set(server.life, server);
    this.#hooks.onServer(server);
    return server.life;
  }

  /** A socket that no living process has asked for belongs to a listener the server has no more. */
  #dropUnwanted(): void {
    this.#hooks.held?.keepOnly(this.servers.flatMap((server) => server.sockets?.lent ?? []));
  }

  /** Ends the session's server; no new connection is taken from now on. */
  stop(force: boolean): void {
    this.#doorway?.serverBack();
    this.#hooks.held?.close();
    void this.slot.stop(force);
  }

  #countRestart(): void {
    this.#restarts += 1;
    const cause = this.#lastDeath?.cause ?? 'manual';
    this.#byCause[cause] = (this.#byCause[cause] ?? 0) + 1;
  }

  #onChildEvent(server: ServerInstance, event: ChildEvent): void {
    if (event.type === 'child.exited') {
      const at = new Date(this.#hooks.clock.wallTime()).toISOString();
      this.#lastDeath = { ...event.death, at };
      this.#servers.delete(server.life);
    }
    const restarts = this.#restarts;
    this.slot.onChildEvent(server.life, event);
    if (event.type === 'child.exited') {
      const isServed = this.servers.some((other) => other.link.hasListened);
      if (!isServed) this.#doorway?.serverGone(this.slot.breaker.nextRetryAt);
      this.#hooks.onDeath(server, event.death, restarts);
      server.close();
    }
  }

  #publish(event: ChildEvent): void {
    const tell = (body: SessionEventBody): void => {
      const pid = 'pid' in event ? event.pid : null;
      this.#hooks.journal.tell(body, { generation: event.generation, pid });
    };
    if (event.type === 'child.ready') this.#publishReady(event, tell);
    else for (const body of this.#translate(event)) tell(body);
  }

  #publishReady(event: ChildEvent, tell: (body: SessionEventBody) => void): void {
    const isFirstTime = !this.#readyOnce;
    this.#readyOnce = true;
    const life = [...this.#servers.keys()].find((one) => one.generation === event.generation);
    const startMs = life === undefined ? 0 : (life.readyAt ?? life.startedAt) - life.startedAt;
    tell({ type: 'worker.ready', isFirstTime, startMs: Math.round(startMs) });
    this.#dropUnwanted();
    this.#hooks.onReady(isFirstTime);
  }

  #translate(event: ChildEvent): SessionEventBody[] {
    switch (event.type) {
      case 'child.forked':
        return [this.#translateForked(event.generation)];
      case 'child.degraded':
        return [{ type: 'worker.degraded' }];
      case 'child.recovered':
        return [{ type: 'worker.recovered' }];
      case 'child.leftovers':
        return [{ type: 'worker.leftovers', count: event.count }];
      case 'child.exited':
        return [translateExit(event.death)];
      case 'child.hung':
      case 'child.ready':
      case 'child.draining':
      case 'child.standby':
        return [];
      default:
        return this.#translateSlot(event);
    }
  }

  #translateForked(generation: number): SessionEventBody {
    const isSpare = this.slot.spare?.generation === generation;
    return { type: 'worker.forked', ...(isSpare ? { standby: true } : {}) };
  }

  #translateSlot(event: Extract<ChildEvent, { type: `slot.${string}` }>): SessionEventBody[] {
    switch (event.type) {
      case 'slot.restartScheduled':
        return [{ type: 'restart.scheduled', delayMs: event.delayMs, attempt: event.attempt }];
      case 'slot.breakerChanged':
        return [this.#translateBreaker(event.state, event.verdict?.delayMs ?? null)];
      case 'slot.spareReady':
        return [{ type: 'standby.ready' }];
      case 'slot.sparePromoted':
        this.#countRestart();
        return [{ type: 'standby.promoted' }];
      case 'slot.reloadStarted':
        return [{ type: 'reload.started' }];
      case 'slot.reloadSucceeded':
        return [{ type: 'reload.succeeded' }];
      case 'slot.reloadRolledBack':
        return [{ type: 'reload.rolledBack', reason: event.reason }];
    }
  }

  #translateBreaker(
    state: 'closed' | 'open' | 'halfOpen',
    delayMs: number | null,
  ): SessionEventBody {
    if (state === 'closed') return { type: 'breaker.closed' };
    if (state === 'halfOpen') return { type: 'breaker.halfOpened' };
    const retries = this.#hooks.options().restart.breaker.onOpen === 'retry';
    return {
      type: 'breaker.opened',
      score: this.slot.breaker.score,
      retryInMs: retries ? delayMs : null,
    };
  }
}

function translateExit(death: Death): SessionEventBody {
  const { code, signal, cause, expected, phase, uptimeMs, evidence } = death;
  return {
    type: 'worker.exited',
    code,
    signal,
    cause,
    expected,
    phase,
    uptimeMs: Math.round(uptimeMs),
    evidence,
  };
}
