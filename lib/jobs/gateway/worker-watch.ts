import type { Clock, Timer } from '../../util/clock.ts';
import type { Broker } from '../broker.ts';
import type { GatewayJob } from './gateway-job.ts';
import type { JobKeeper } from './job-keeper.ts';
import type { JobRoster } from './job-roster.ts';

export interface WorkerWatchPorts {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly jobs: JobRoster;
  readonly keeper: JobKeeper;
  /** How long a job waits for a worker. */
  readonly patienceMs: number;
}

const LONGEST_PAUSE_MS = 1000;

/** Ends jobs whose queue nobody consumes for too long. */
export class WorkerWatch {
  readonly #ports: WorkerWatchPorts;
  #timer: Timer | null = null;
  #isStopped = false;

  constructor(ports: WorkerWatchPorts) {
    this.#ports = ports;
  }

  start(): void {
    const { clock, patienceMs } = this.#ports;
    this.#timer = clock.setTimer(Math.min(LONGEST_PAUSE_MS, patienceMs / 4), () => {
      void this.#look()
        .catch(() => undefined)
        .finally(() => {
          if (!this.#isStopped) this.start();
        });
    });
    this.#timer.unref();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #look(): Promise<void> {
    const { broker, clock, jobs, keeper, patienceMs } = this.#ports;
    const waiting = [...jobs].filter(({ state }) => state === 'queued');
    if (broker.state !== 'up' || waiting.length === 0) return;
    const counts = await broker.counts([...new Set(waiting.map(({ name }) => name))]);
    const served = new Set(counts.filter(isServed).map(({ name }) => name));
    const now = clock.now();
    for (const job of waiting) {
      const since = served.has(job.name) ? null : (job.lonelySince ?? now);
      job.lonelySince = since;
      if (since !== null && now - since >= patienceMs) await endLonely(keeper, job, now - since);
    }
  }
}

function isServed({ consumers }: { readonly consumers: number }): boolean {
  return consumers > 0;
}

async function endLonely(keeper: JobKeeper, job: GatewayJob, waitedMs: number): Promise<void> {
  if (job.state === 'queued') await keeper.failLonely(job, waitedMs);
}
