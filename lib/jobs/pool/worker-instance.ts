import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ChildEvent, Death } from '../../process/child-events.ts';
import { ChildLife } from '../../process/child-life.ts';
import { HangEvidence } from '../../session/monitor/hang-evidence.ts';
import { ServerCircumstances } from '../../session/monitor/server-circumstances.ts';
import { isoTime } from '../../util/clock.ts';
import type { ConsumeOptions, JobConsumer, JobDelivery } from '../broker.ts';
import { type BrokerDoor, serveBroker } from '../ipc/serve-broker.ts';
import { END } from '../worker/worker-messages.ts';
import { createClosedChannel } from './closed-channel.ts';
import { decideFates } from './decide-fates.ts';
import type { StartedWorker } from './fork-worker.ts';
import { type HeldJob, JobHold } from './job-hold.ts';
import { settleFates } from './settle-fates.ts';
import type { Suspects } from './suspects.ts';
import { createWorkerBroker } from './worker-broker.ts';
import { describeCrash, type WorkerCrash } from './worker-crash.ts';
import type { HeldAtDeath } from './worker-event.ts';
import { WorkerLink } from './worker-link.ts';
import type { WorkerPoolOptions } from './worker-pool-options.ts';

export interface WorkerInstanceHooks {
  readonly pool: WorkerPoolOptions;
  readonly worker: string;
  readonly generation: number;
  /** It gets the jobs that it is given, and consumes none by itself. */
  readonly runsAlone: boolean;
  readonly suspects: Suspects;
  /** Takes a delivery that this process is not to have. */
  readonly onSuspect: (delivery: JobDelivery) => void;
  /** A delivery that this process has not was taken back by the broker. */
  readonly onLostElsewhere: (delivery: JobDelivery) => void;
  readonly onSettled: (delivery: JobDelivery) => void;
  readonly onConsumes: (instance: WorkerInstance, names: readonly string[]) => void;
  readonly onUnloadable: (message: string) => void;
  readonly onChildEvent: (instance: WorkerInstance, event: ChildEvent) => void;
}

const STARTUP_MS = 60_000;
const LEAST_KILL_MS = 1000;

/** One process of workers with everything its supervisor holds of it: its life, the conversation, its jobs. */
export class WorkerInstance {
  readonly life: ChildLife;
  readonly hold: JobHold;
  readonly #hooks: WorkerInstanceHooks;
  readonly #started: StartedWorker;
  readonly #link: WorkerLink;
  readonly #door: BrokerDoor;
  readonly #hang: HangEvidence;
  readonly #circumstances: ServerCircumstances;
  /** Deliveries that came when it was dead already. */
  readonly #late: JobDelivery[] = [];
  #consuming: ConsumeOptions | null = null;
  #consumer: JobConsumer | null = null;
  #takesMore = true;
  #stopped: Promise<void> | null = null;
  #life: 'running' | 'condemned' | 'dead' = 'running';

  constructor(hooks: WorkerInstanceHooks, started: StartedWorker) {
    this.#hooks = hooks;
    this.#started = started;
    const { clock, cancelGraceMs, stateDirectory, broker } = hooks.pool;
    this.hold = new JobHold({
      clock,
      graceMs: cancelGraceMs,
      onOverdue: () => {
        this.#condemn();
      },
      onSettled: (delivery) => {
        hooks.onSettled(delivery);
      },
    });
    this.#link = this.#createLink();
    this.#door = serveBroker(
      createWorkerBroker(broker, (options) => this.#consume(options)),
      this.#link.ipc,
    );
    const { pid } = started.handle.identity;
    this.#circumstances = new ServerCircumstances({ clock, pid, directory: stateDirectory });
    this.#hang = this.#createHangEvidence();
    this.life = this.#createLife();
  }

  /** Whether it can be given a job. */
  get isFree(): boolean {
    return this.#life === 'running' && this.#consuming !== null && this.hold.size === 0;
  }

  give(delivery: JobDelivery): void {
    this.#consuming?.onJob(this.hold.take(delivery));
  }

  /** The broker has taken a delivery back. False: it is none of this process. */
  lose(delivery: JobDelivery): boolean {
    const passedOn = this.hold.lose(delivery);
    if (passedOn !== undefined) this.#consuming?.onLost?.(passedOn);
    return passedOn !== undefined;
  }

  /** Decides what becomes of its jobs, and sees to it; to be called once it is dead. */
  bury(death: Death): { readonly jobs: readonly HeldAtDeath[]; readonly settled: Promise<void> } {
    const wasCondemned = this.#life === 'condemned';
    this.#life = 'dead';
    this.#takesMore = false;
    const { maxAttempts } = this.#hooks.pool;
    const held = this.hold.empty();
    const facts = held.map(({ delivery, overdue }) => ({
      id: delivery.job.id,
      attempt: delivery.attempt,
      isOverdue: overdue !== null,
    }));
    const { culprits } = this.#link;
    const jobs = decideFates(facts, {
      expected: death.expected || wasCondemned,
      culprits,
      maxAttempts,
    });
    this.#suspect(held, jobs);
    return { jobs, settled: this.#leave(held, jobs, this.#describeCrash(death)) };
  }

  /** From now on: they are about to come again. */
  #suspect(held: readonly HeldJob[], jobs: readonly HeldAtDeath[]): void {
    for (const [index, { delivery }] of held.entries()) {
      const fate = jobs[index]?.fate;
      if (fate === 'suspected' || fate === 'retried') this.#hooks.suspects.add(delivery.job);
    }
  }

  async #leave(
    held: readonly HeldJob[],
    jobs: readonly HeldAtDeath[],
    crash: WorkerCrash,
  ): Promise<void> {
    const { broker, warn } = this.#hooks.pool;
    // First, or what is given back would come here again.
    await this.#stopConsuming().catch(() => undefined);
    await settleFates(held, jobs, { broker, crash, warn });
    await Promise.allSettled(this.#late.splice(0).map((delivery) => delivery.release()));
    await this.#door.close().catch((error: unknown) => {
      warn(`a dead worker could not be taken from the broker: ${(error as Error).message}`);
    });
    this.#hang.close();
    this.#link.close();
    rmSync(this.#started.noteFile, { force: true });
  }

  async #consume(options: ConsumeOptions): Promise<JobConsumer> {
    const { pool, runsAlone } = this.#hooks;
    this.#consuming = options;
    if (runsAlone) return { stop: () => Promise.resolve() };
    const consumer = await pool.broker.consume({
      names: options.names,
      prefetch: options.prefetch,
      onJob: (delivery) => {
        this.#receive(delivery);
      },
      onLost: (delivery) => {
        if (!this.lose(delivery)) this.#hooks.onLostElsewhere(delivery);
      },
    });
    this.#consumer = consumer;
    if (!this.#takesMore) await this.#stopConsuming();
    return { stop: () => this.#stopConsuming() };
  }

  /** Here, not when the process has read its order: until then a job that ends would make room for another. */
  async #stopConsuming(): Promise<void> {
    this.#takesMore = false;
    this.#stopped ??= this.#consumer?.stop() ?? null;
    await this.#stopped;
  }

  #receive(delivery: JobDelivery): void {
    const { suspects, onSuspect } = this.#hooks;
    if (this.#life === 'dead') this.#late.push(delivery);
    else if (suspects.has(delivery.job)) onSuspect(delivery);
    else this.give(delivery);
  }

  /** A handler does not end although its job is not wanted any more: all that is left is to end its process. */
  #condemn(): void {
    if (this.#life !== 'running') return;
    this.#life = 'condemned';
    if (this.life.state === 'draining') {
      this.#order();
      this.life.budgetEnding(0);
    } else void this.life.stop('manual');
  }

  #order(): void {
    this.#started.handle.noteTree?.();
    this.#stopConsuming().catch(() => undefined);
    this.#link.ipc.notify(END, { drain: this.#life !== 'condemned' });
  }

  #createLink(): WorkerLink {
    const { pool, onConsumes, onUnloadable, worker } = this.#hooks;
    const { handle, noteFile } = this.#started;
    return new WorkerLink({
      channel: handle.channel ?? createClosedChannel(),
      clock: pool.clock,
      noteFile,
      onConsumes: (names) => {
        this.life.report('announcedReady');
        onConsumes(this, names);
      },
      onBeat: () => {
        this.#circumstances.noteBeat();
        this.life.report('beat');
      },
      onUnloadable,
      warn: (text) => {
        pool.warn(`${worker}: ${text}`);
      },
    });
  }

  #createHangEvidence(): HangEvidence {
    const { clock, silenceMs, handlersFile, warn } = this.#hooks.pool;
    return new HangEvidence({
      clock,
      noteFile: this.#started.hangNoteFile,
      pid: () => this.life.pid,
      watchdog: true,
      silenceMs: () => silenceMs,
      projectDirectory: () => dirname(handlersFile),
      warn,
    });
  }

  #createLife(): ChildLife {
    const { pool, generation, onChildEvent } = this.#hooks;
    const { cancelGraceMs, drainMs, silenceMs, clock } = pool;
    return new ChildLife({
      generation,
      handle: this.#started.handle,
      clock,
      timing: () => ({
        startupMs: STARTUP_MS,
        silenceMs,
        stopMs: this.#life === 'condemned' ? 0 : drainMs,
        killMs: Math.max(cancelGraceMs, LEAST_KILL_MS),
      }),
      courier: {
        promote: () => undefined,
        askToFail: () => undefined,
        askToStop: () => {
          this.#order();
        },
      },
      witness: {
        isDebugged: () => this.#hang.isDebugged(),
        hangFacts: () => this.#hang.facts(),
        crashNote: () => this.#link.readCrashNote(),
        startTrouble: () => 'its handlers were not loaded by then',
        lastWords: () => this.#started.output.lastWords(),
        circumstances: (fact) => this.#circumstances.atEnd(fact, this.#link.heartbeat),
        isWritingDump: () => this.#circumstances.isWritingDump(),
      },
      onEvent: (event) => {
        onChildEvent(this, event);
      },
    });
  }

  #describeCrash(death: Death): WorkerCrash {
    const { pool, worker } = this.#hooks;
    return describeCrash({
      at: isoTime(pool.clock),
      ...{ worker, death, mask: pool.mask },
      error: this.#link.readCrash()?.error ?? null,
      hangStack: death.cause === 'hang' ? this.#hang.tell().stack : null,
      outputTail: this.#started.output.tail(),
    });
  }
}
