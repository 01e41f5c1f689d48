import { hostname } from 'node:os';
import type { ChildEvent, Death } from '../../process/child-events.ts';
import type { ChildLife } from '../../process/child-life.ts';
import { Slot } from '../../process/slot.ts';
import type { SlotEnd, SlotSettings } from '../../process/slot-settings.ts';
import type { OutputSink } from '../../session/monitor/server-output.ts';
import { LineCutter } from '../../util/line-cutter.ts';
import { UNLOADABLE_EXIT_CODE } from '../worker/worker-boot.ts';
import { forkWorker } from './fork-worker.ts';
import type { WorkerEventBody } from './worker-event.ts';
import { WorkerInstance, type WorkerInstanceHooks } from './worker-instance.ts';
import type { WorkerPoolOptions } from './worker-pool-options.ts';

export interface WorkerKeeperHooks extends Pick<
  WorkerInstanceHooks,
  | 'pool'
  | 'worker'
  | 'runsAlone'
  | 'suspects'
  | 'onSuspect'
  | 'onLostElsewhere'
  | 'onSettled'
  | 'onUnloadable'
> {
  readonly onConsumes: () => void;
}

const HEARTBEAT_MS = 1000;
const RESTART = {
  policy: 'permanent',
  backoff: { baseMs: 500, factor: 2, maxMs: 30_000, jitter: 0.2 },
  standby: false,
  // Jobs end their process without a fault of its own: it takes more than a server may.
  breaker: { failures: 10, halfLifeMs: 60_000, cooldownMs: 30_000, onOpen: 'retry' },
} as const satisfies Omit<SlotSettings, 'stopOn'>;

/** Keeps one process of workers up, from one life to the next. */
export class WorkerKeeper {
  /** Settles once no process is left, and what it had is settled. */
  readonly ended: Promise<SlotEnd>;
  readonly #hooks: WorkerKeeperHooks;
  readonly #slot: Slot;
  readonly #instances = new Map<ChildLife, WorkerInstance>();
  readonly #burials = new Set<Promise<void>>();
  #wasReady = false;

  constructor(hooks: WorkerKeeperHooks) {
    this.#hooks = hooks;
    this.#slot = new Slot({
      clock: hooks.pool.clock,
      random: Math.random,
      // Handlers that could never be loaded will not be by trying again.
      settings: () => ({ ...RESTART, stopOn: this.#mayEnd ? [UNLOADABLE_EXIT_CODE] : [] }),
      startChild: (generation) => this.#startChild(generation),
      onEvent: (event) => {
        this.#publish(event);
      },
    });
    this.ended = this.#slot.ended.then(async (end) => {
      await Promise.all(this.#burials);
      return end;
    });
  }

  get worker(): string {
    return this.#hooks.worker;
  }

  get current(): WorkerInstance | null {
    const { current } = this.#slot;
    return current === null ? null : (this.#instances.get(current) ?? null);
  }

  get instances(): readonly WorkerInstance[] {
    return [...this.#instances.values()];
  }

  start(): void {
    this.#slot.start();
  }

  /** Lets it finish what it has, unless `force` is set. */
  stop(force: boolean): Promise<SlotEnd> {
    void this.#slot.stop(force);
    return this.ended;
  }

  get #mayEnd(): boolean {
    return !this.#wasReady && !this.#hooks.runsAlone;
  }

  #startChild(generation: number): ChildLife {
    const { pool, worker, runsAlone } = this.#hooks;
    const { handlersFile, replyTtlMs, silenceMs, stateDirectory, clock } = pool;
    const started = forkWorker({
      boot: {
        handlersFile,
        concurrency: runsAlone ? 1 : pool.concurrency,
        name: `${hostname()}/${worker}`,
        replyTtlMs,
        silenceMs,
        heartbeatMs: Math.min(HEARTBEAT_MS, silenceMs / 3),
      },
      worker,
      generation,
      stateDirectory,
      clock,
    });
    started.output.passTo(createLineSink(worker, pool.onLine));
    const instance = new WorkerInstance(
      {
        ...this.#hooks,
        generation,
        onConsumes: (consuming, names) => {
          this.#tellReady(consuming, names);
        },
        onChildEvent: (heard, event) => {
          this.#slot.onChildEvent(heard.life, event);
        },
      },
      started,
    );
    this.#instances.set(instance.life, instance);
    return instance.life;
  }

  #tellReady({ life }: WorkerInstance, names: readonly string[]): void {
    const { pool, runsAlone, onConsumes } = this.#hooks;
    this.#wasReady = true;
    this.#tell({
      type: 'worker.ready',
      ...this.#stamp(life),
      names,
      concurrency: runsAlone ? 1 : pool.concurrency,
      startMs: Math.round(pool.clock.now() - life.startedAt),
    });
    onConsumes();
  }

  #publish(event: ChildEvent): void {
    const { worker } = this.#hooks;
    const { generation } = event;
    const pid = 'pid' in event ? event.pid : null;
    const stamp = { worker, generation, pid };
    if (event.type === 'child.forked') this.#tell({ type: 'worker.forked', ...stamp });
    else if (event.type === 'child.hung')
      this.#tell({ type: 'hang.detected', ...stamp, silenceMs: event.silenceMs });
    else if (event.type === 'child.exited') this.#bury(event.death);
    else if (event.type === 'slot.restartScheduled')
      this.#tell({
        type: 'restart.scheduled',
        ...stamp,
        delayMs: event.delayMs,
        attempt: event.attempt,
      });
    else if (event.type === 'slot.breakerChanged') this.#tellBreaker(event);
  }

  #tellBreaker(event: Extract<ChildEvent, { readonly type: 'slot.breakerChanged' }>): void {
    const { state, verdict, generation } = event;
    const stamp = { worker: this.#hooks.worker, generation, pid: null };
    if (state === 'open')
      this.#tell({ type: 'breaker.opened', ...stamp, retryInMs: verdict?.delayMs ?? null });
    else if (state === 'halfOpen') this.#tell({ type: 'breaker.halfOpened', ...stamp });
    else this.#tell({ type: 'breaker.closed', ...stamp });
  }

  #bury(death: Death): void {
    const entry = [...this.#instances].find(([life]) => life.generation === death.generation);
    if (entry === undefined) return;
    const [life, instance] = entry;
    this.#instances.delete(life);
    const burial = instance.bury(death);
    const settled = burial.settled.finally(() => {
      this.#burials.delete(settled);
    });
    this.#burials.add(settled);
    const { code, signal, cause, expected, phase, uptimeMs, evidence } = death;
    this.#tell({
      type: 'worker.exited',
      ...this.#stamp(life),
      code,
      signal,
      cause,
      expected,
      phase,
      uptimeMs: Math.round(uptimeMs),
      evidence,
      jobs: burial.jobs,
    });
  }

  #stamp({ generation, pid }: ChildLife): {
    readonly worker: string;
    readonly generation: number;
    readonly pid: number | null;
  } {
    return { worker: this.#hooks.worker, generation, pid };
  }

  #tell(event: WorkerEventBody): void {
    this.#hooks.pool.tell(event);
  }
}

/** Passes on what a process writes, line by line. */
function createLineSink(worker: string, onLine: WorkerPoolOptions['onLine']): OutputSink {
  const cutters = { stdout: new LineCutter(), stderr: new LineCutter() };
  return {
    write: (name, chunk) => {
      for (const { text } of cutters[name].push(chunk)) onLine(worker, text);
    },
    end: (name) => {
      for (const { text } of cutters[name].end()) onLine(worker, text);
    },
  };
}
