import { join } from 'node:path';
import { VigilError } from '../../errors.ts';
import { EventJournal } from '../../session/event-journal.ts';
import { lockSession } from '../../session/monitor/session-lock.ts';
import { prepareStateDirectory } from '../../session/monitor/state-directory.ts';
import { type Clock, systemClock } from '../../util/clock.ts';
import type { EventStream } from '../../util/event-stream.ts';
import type { Broker } from '../broker.ts';
import type { Authenticate } from '../gateway/authenticate.ts';
import { JobGateway } from '../gateway/job-gateway.ts';
import type { JobsOptions } from '../jobs-options.ts';
import { loadJobsOptions } from '../load-jobs-options.ts';
import { openBroker } from '../open-broker.ts';
import type { ResolvedJobsOptions } from '../resolve-jobs-options.ts';
import { WorkerPool, type WorkerView } from '../pool/worker-pool.ts';
import { checkHandlersFile } from '../worker/load-handlers.ts';
import { createCrashMask } from './crash-mask.ts';
import { removeGatewayPlace, writeGatewayPlace } from './gateway-place.ts';
import type { JobServerEvent, JobServerEventBody } from './job-server-event.ts';

/** Where a server of jobs and its surroundings meet. */
export interface JobServerSurroundings {
  /** Runs workers alone, for gateways elsewhere; the broker must be one that others can reach. */
  readonly withoutGateway?: boolean;
  /** Decides about each client, beside the token; default: everybody comes in. */
  readonly authenticate?: Authenticate;
  /** Takes the lines that handlers write; default: nobody. */
  readonly onLine?: (worker: string, line: string) => void;
  /** Takes what is not in order, a line at a time; default: nobody. */
  readonly warn?: (line: string) => void;
  /** Default that of the system. */
  readonly clock?: Clock;
}

type WorkerExit = Extract<JobServerEventBody, { readonly type: 'worker.exited' }>;

interface Parts {
  readonly broker: Broker;
  readonly pool: WorkerPool;
  readonly gateway: JobGateway | null;
}

/** Of a job that goes its way there is one every few microseconds; the timeline of each is kept by the gateway. */
const NOT_KEPT: ReadonlySet<string> = new Set<JobServerEvent['type']>([
  'job.publishing',
  'job.queued',
  'job.running',
  'job.done',
]);

/**
 * A broker, a gateway and supervised workers in one: takes jobs from clients over WebSockets, runs the handlers of a
 * module for them, and keeps every job it has accepted until its result is with its client.
 *
 * @see docs/reference/jobs.md - options, protocol, handlers
 * @example
 * const server = new JobServer({ handlers: './handlers.js', port: 0 });
 * const { url } = await server.start();
 * await server.close();
 */
export class JobServer {
  /** Settles when the server and all of its workers have ended. */
  readonly ended: Promise<void>;
  readonly #options: ResolvedJobsOptions;
  readonly #surroundings: JobServerSurroundings;
  readonly #handlersFile: string;
  readonly #clock: Clock;
  readonly #journal: EventJournal<JobServerEventBody>;
  readonly #unlock: () => void;
  /** Of the jobs that the workers do. */
  readonly #names = new Set<string>();
  #settleEnded: () => void = () => undefined;
  #parts: Parts | null = null;
  #closed: Promise<void> | null = null;
  #isHurried = false;

  /**
   * Makes a server that does not run yet.
   *
   * @param options - as in `jobs.config.json`; `handlers` is needed, relative paths are relative to the working directory
   * @throws ERR_CONFIG_INVALID
   * @throws ERR_ENTRY_NOT_FOUND when there is no such module of handlers
   * @throws ERR_STATE_DIRECTORY when the state directory cannot be made
   * @throws ERR_SESSION_RUNNING when another process has this state directory
   */
  constructor(
    options: JobsOptions | ResolvedJobsOptions,
    surroundings: JobServerSurroundings = {},
  ) {
    this.#options = isResolved(options)
      ? options
      : loadJobsOptions({ cwd: process.cwd(), config: options });
    this.#surroundings = surroundings;
    this.#clock = surroundings.clock ?? systemClock;
    const { stateDirectory, name, handlers } = this.#options;
    this.#handlersFile = checkHandlersFile(handlers);
    prepareStateDirectory(stateDirectory);
    this.#unlock = lock(stateDirectory, name);
    this.#journal = new EventJournal({
      clock: this.#clock,
      stateDirectory,
      warn: this.#warn,
      notKept: NOT_KEPT,
    });
    this.ended = new Promise((resolve) => {
      this.#settleEnded = resolve;
    });
  }

  /** What happens, from now on and lately. */
  get events(): EventStream<JobServerEvent> {
    return this.#journal.stream;
  }

  /** The processes of workers as they are at this moment. */
  get workers(): readonly WorkerView[] {
    return this.#parts?.pool.list() ?? [];
  }

  /**
   * Starts the workers, and listens once the first of them consumes.
   *
   * @returns where clients connect; an empty `url` without a gateway
   * @throws ERR_JOBS_HANDLERS when the handlers cannot be loaded
   * @throws ERR_JOBS_PORT when the port cannot be had
   * @throws ERR_BROKER_URL, ERR_BROKER_LOCKED, ERR_BROKER_STORE, ERR_PEER_MISSING
   */
  async start(): Promise<{ readonly url: string; readonly port: number }> {
    try {
      const broker = await this.#openBroker();
      const pool = this.#createPool(broker);
      const gateway = this.#createGateway(broker);
      this.#parts = { broker, pool, gateway };
      if (this.#closed !== null)
        throw new VigilError('ERR_SESSION_ENDED', 'it was asked to end meanwhile');
      await pool.start();
      return (await this.#listen(gateway)) ?? { url: '', port: 0 };
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /**
   * Takes no more jobs, goes on for as long as `drainSeconds` says with those that clients wait for, and as long again
   * with those that run, and ends. What is left is kept. The same promise each time.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Ends at once: what runs goes back, and is run again. */
  kill(): Promise<void> {
    this.#isHurried = true;
    const closed = this.close();
    void this.#parts?.gateway?.kill();
    void this.#parts?.pool.kill();
    return closed;
  }

  async #listen(
    gateway: JobGateway | null,
  ): Promise<{ readonly url: string; readonly port: number } | undefined> {
    const place = await gateway?.start();
    if (place !== undefined)
      await writeGatewayPlace(this.#options.stateDirectory, place.url).catch((error: unknown) => {
        this.#warn(`the address of the gateway could not be written down: ${String(error)}`);
      });
    return place;
  }

  async #close(): Promise<void> {
    const parts = this.#parts;
    if (parts !== null) {
      const { broker, pool, gateway } = parts;
      // The gateway first: the workers go on with what its clients wait for.
      await (this.#isHurried ? gateway?.kill() : gateway?.close());
      await (this.#isHurried ? pool.kill() : pool.stop());
      await broker.close();
    }
    await this.#journal.close();
    removeGatewayPlace(this.#options.stateDirectory);
    this.#unlock();
    this.#settleEnded();
  }

  #openBroker(): Promise<Broker> {
    const { broker, stateDirectory, maxAttempts, resultTtlMs, consumerTimeoutMs } = this.#options;
    const url = broker ?? `file:${join(stateDirectory, 'broker')}`;
    const settings = { maxDeliveries: maxAttempts, mailboxTtlMs: resultTtlMs, consumerTimeoutMs };
    return openBroker(url, settings, this.#clock);
  }

  #createPool(broker: Broker): WorkerPool {
    const { workers, concurrency, maxAttempts, cancelGraceMs, resultTtlMs } = this.#options;
    const { stateDirectory, drainMs, silenceMs } = this.#options;
    return new WorkerPool({
      ...{ broker, workers, concurrency, maxAttempts, cancelGraceMs, stateDirectory, silenceMs },
      handlersFile: this.#handlersFile,
      replyTtlMs: resultTtlMs,
      drainMs,
      mask: createCrashMask(this.#options),
      clock: this.#clock,
      tell: (event) => {
        if (event.type === 'worker.ready') for (const name of event.names) this.#names.add(name);
        if (event.type === 'worker.exited') this.#explainExit(event);
        this.#journal.tell(event);
      },
      onLine: (worker, line) => {
        this.#surroundings.onLine?.(worker, line);
      },
      warn: this.#warn,
    });
  }

  #explainExit({ worker, pid, cause, evidence, jobs }: WorkerExit): void {
    const known = evidence[1] ?? evidence[0];
    const why = known === undefined ? cause : `${cause}, ${known}`;
    for (const { id, attempt } of jobs)
      this.#parts?.gateway?.noteWorker(
        id,
        `${worker} (pid ${String(pid)}) ended in attempt ${String(attempt)}: ${why}`,
      );
  }

  #createGateway(broker: Broker): JobGateway | null {
    const { withoutGateway = false, authenticate } = this.#surroundings;
    if (withoutGateway) return null;
    const gateway = new JobGateway(this.#options, {
      broker,
      clock: this.#clock,
      warn: this.#warn,
      pool: () => ({ workers: this.workers, names: [...this.#names] }),
      ...(authenticate === undefined ? {} : { authenticate }),
    });
    gateway.events.subscribe((event) => {
      this.#journal.tell(event);
    });
    return gateway;
  }

  readonly #warn = (line: string): void => {
    this.#surroundings.warn?.(line);
  };
}

function isResolved(options: JobsOptions | ResolvedJobsOptions): options is ResolvedJobsOptions {
  return 'resultTtlMs' in options;
}

function lock(stateDirectory: string, name: string): () => void {
  try {
    return lockSession(stateDirectory, name);
  } catch (cause) {
    if (!(cause instanceof VigilError) || cause.code !== 'ERR_SESSION_RUNNING') throw cause;
    const text = `another process uses the state directory ${stateDirectory}: end it first, or choose another --name`;
    throw new VigilError('ERR_SESSION_RUNNING', text, { cause });
  }
}
