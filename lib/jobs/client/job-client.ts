import { type Clock, systemClock, type Timer } from '../../util/clock.ts';
import { ClientJob, type SubmitOptions, type SubmittedJob } from './client-job.ts';
import { ClientLink, type GatewayMessage, TAKEN_OVER } from './client-link.ts';
import type { ClientSocketClass } from './client-socket.ts';
import { isPassing } from './is-passing.ts';
import type { JobError } from './job-error.ts';

export interface JobClientOptions {
  /** `ws://host:port/jobs`, of one gateway or of several of the same broker, which are tried in turn. */
  readonly url: string | readonly string[];
  /** What the gateway asks for. */
  readonly token?: string;
  /** That of browsers and of Node from 22 on by default; else that of the package `ws`. */
  readonly WebSocket?: ClientSocketClass;
  /** Of a client before, to go on with its jobs. */
  readonly session?: string;
  /** The first pause before it connects again, and the longest, milliseconds; default 100 and 5000. */
  readonly minDelayMs?: number;
  readonly maxDelayMs?: number;
  /**
   * A gateway that says nothing for so long, before this client may send jobs, is given up for the next one, or tried
   * again, milliseconds; default 20,000.
   */
  readonly connectTimeoutMs?: number;
  /** Hears why a connection did not come about, with the code `connect_timeout` or `connect_failed`; it is tried again. */
  readonly onConnectError?: (error: JobError) => void;
  /** Hears whether there is a connection. */
  readonly onState?: (state: JobClientState) => void;
  /** Default that of the system. */
  readonly clock?: Clock;
}

/** `connecting`: what is submitted waits · `open` · `closed`: for good. */
export type JobClientState = 'connecting' | 'open' | 'closed';

/** Nothing is of this id: the answer to its cancel says that all that was kept has been sent. */
const PROBE = '?';
const AGAIN_MS = 500;
const CONNECT_TIMEOUT_MS = 20_000;

/**
 * Sends jobs to a gateway and brings their values back, over as many connections and gateways as it takes.
 *
 * A job is sent again when its acceptance was not heard of and the gateway does not have it, and when nothing is known
 * of the whole session any more.
 *
 * @example
 * const client = new JobClient({ url: 'ws://127.0.0.1:8900/jobs' });
 * const thumbnail = await client.submit('resize', { width: 100 }, { onProgress: console.log });
 */
export class JobClient {
  readonly #options: JobClientOptions;
  readonly #clock: Clock;
  readonly #link: ClientLink;
  readonly #jobs = new Map<string, ClientJob>();
  readonly #prefix = Math.random().toString(36).slice(2, 10);
  #session: string | null;
  /** The session of the `hello` of this connection. */
  #offered: string | null = null;
  /** What the gateway has open, until all that it had kept has come. */
  #resumed: ReadonlySet<string> | null = null;
  #state: JobClientState = 'connecting';
  #again: Timer | null = null;
  #lastNumber = 0;

  /** @throws TypeError without a WebSocket, or when an address is none */
  constructor(options: JobClientOptions) {
    const { url, token, minDelayMs = 100, maxDelayMs = 5000, clock, session } = options;
    const { connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
    this.#options = options;
    this.#clock = clock ?? systemClock;
    this.#session = session ?? null;
    const urls = typeof url === 'string' ? [url] : url;
    const query = token === undefined ? '' : `?token=${encodeURIComponent(token)}`;
    this.#link = new ClientLink({
      urls: urls.map((address) => `${address}${query}`),
      ...{ minDelayMs, maxDelayMs, clock, socketClass: options.WebSocket, connectTimeoutMs },
      onConnectError: (error) => {
        callSafely(options.onConnectError, error);
      },
      onMessage: (message) => {
        this.#hear(message);
      },
      onLost: (code) => {
        this.#lose(code);
      },
    });
    this.#link.open();
  }

  get state(): JobClientState {
    return this.#state;
  }

  /** The secret with which another client can go on where this one is; null before the first connection. */
  get session(): string | null {
    return this.#session;
  }

  /** Jobs that have not ended. */
  get open(): readonly string[] {
    return [...this.#jobs.keys()];
  }

  /** Sends a job, as soon as there is a connection. */
  submit<T = unknown>(
    name: string,
    args: unknown = null,
    options: SubmitOptions = {},
  ): SubmittedJob<T> {
    const { id = `${this.#prefix}-${String(++this.#lastNumber)}`, priority, timeoutMs } = options;
    const message = { type: 'job', id, name, args, priority, timeoutMs };
    const job = new ClientJob(id, message, options);
    const cancel = (): void => {
      this.#cancel(job);
    };
    const submitted = Object.assign(job.promise as Promise<T>, { id, cancel });
    if (this.#state === 'closed') job.fail('closed', 'the client was closed');
    else if (this.#jobs.has(id)) job.fail('duplicate_id', `a job of the id "${id}" has not ended`);
    else {
      this.#jobs.set(id, job);
      job.listen(cancel);
      if (options.signal?.aborted === true) cancel();
      else this.#send(job);
    }
    return submitted;
  }

  /** Leaves. Jobs go on; their promises reject with the code `closed`. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#enter('closed');
    this.#again?.cancel();
    this.#link.close();
    for (const job of this.#jobs.values()) job.fail('closed', 'the client was closed');
    this.#jobs.clear();
  }

  #hear(message: GatewayMessage): void {
    if (message.type === 'hello') this.#greet(String(message['session']));
    else if (message.type === 'resumed') this.#resume(message['open']);
    else if (message.type === 'error') this.#hearError(message);
    else this.#hearOf(String(message['id']), message);
  }

  #greet(offered: string): void {
    this.#offered = offered;
    if (this.#session === null) this.#begin();
    else this.#link.send({ type: 'resume', session: this.#session });
  }

  #resume(open: unknown): void {
    this.#resumed = new Set(Array.isArray(open) ? open.map(String) : []);
    this.#link.send({ type: 'cancel', id: PROBE });
  }

  /** With a session of which nothing is known yet. */
  #begin(): void {
    this.#session = this.#offered;
    for (const job of this.#jobs.values()) job.state = 'waiting';
    this.#goOn();
  }

  #settleResumed(open: ReadonlySet<string>): void {
    this.#resumed = null;
    for (const job of this.#jobs.values()) {
      if (open.has(job.id)) job.state = 'accepted';
      else if (job.state === 'accepted')
        this.#end(job, () => {
          job.fail('lost', 'its end was not kept as long as the connection was away');
        });
      else job.state = 'waiting';
      if (job.isCancelled && open.has(job.id)) this.#link.send({ type: 'cancel', id: job.id });
    }
    this.#goOn();
  }

  #goOn(): void {
    this.#link.settle();
    this.#enter('open');
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    for (const job of this.#jobs.values()) if (job.state === 'waiting') this.#send(job);
  }

  #send(job: ClientJob): void {
    if (this.#state !== 'open') return;
    job.state = 'sent';
    this.#link.send(job.message);
  }

  #cancel(job: ClientJob): void {
    if (this.#jobs.get(job.id) !== job || job.isCancelled) return;
    job.isCancelled = true;
    if (job.state !== 'waiting') {
      if (this.#state === 'open') this.#link.send({ type: 'cancel', id: job.id });
      return;
    }
    this.#end(job, () => {
      job.fail('cancelled', 'it was cancelled before it was sent');
    });
  }

  #hearOf(id: string, message: GatewayMessage): void {
    const job = this.#jobs.get(id);
    const isEnd = message.type === 'result' || message.type === 'cancelled';
    if (isEnd) this.#link.send({ type: 'ack', id });
    if (job === undefined) return;
    if (!isEnd) this.#hearNews(job, message);
    else
      this.#end(job, () => {
        finish(job, message);
      });
  }

  #hearNews(job: ClientJob, message: GatewayMessage): void {
    job.state = 'accepted';
    const { onProgress, onStarted } = job.options;
    if (message.type === 'progress') callSafely(onProgress, message['value']);
    if (message.type === 'started')
      callSafely(onStarted, { worker: message['worker'], attempt: Number(message['attempt']) });
  }

  #hearError(message: GatewayMessage): void {
    const [code, id] = [String(message['code']), message['id']];
    if (id === undefined && this.#state !== 'open') {
      // Either nothing is known of the session any more, or it cannot be had now.
      if (code === 'bad_message') this.#begin();
      else this.#link.skip();
      return;
    }
    if (id === PROBE && this.#resumed !== null) this.#settleResumed(this.#resumed);
    const job = this.#jobs.get(String(id));
    // The answer to a cancel that came too late: the end is on its way.
    if (job !== undefined && job.state !== 'accepted')
      this.#hearRefusal(job, code, String(message['message']));
  }

  #hearRefusal(job: ClientJob, code: string, text: string): void {
    if (isPassing(code) && !job.isCancelled) this.#sendLater(job);
    else if (code === 'duplicate_id') job.state = 'accepted';
    else
      this.#end(job, () => {
        job.fail(job.isCancelled ? 'cancelled' : code, text);
      });
  }

  #sendLater(job: ClientJob): void {
    job.state = 'waiting';
    this.#again ??= this.#clock.setTimer(AGAIN_MS, () => {
      this.#again = null;
      this.#sendWaiting();
    });
  }

  #end(job: ClientJob, tell: () => void): void {
    this.#jobs.delete(job.id);
    tell();
  }

  #lose(code: number): void {
    this.#resumed = null;
    if (this.#state === 'closed') return;
    if (code !== TAKEN_OVER) {
      this.#enter('connecting');
      return;
    }
    this.close();
  }

  #enter(state: JobClientState): void {
    if (this.#state === state) return;
    this.#state = state;
    callSafely(this.#options.onState, state);
  }
}

function finish(job: ClientJob, message: GatewayMessage): void {
  if (message.type === 'cancelled') job.fail('cancelled', 'it was cancelled');
  else if (message['ok'] === true) job.succeed(message['value']);
  else {
    const { code, message: text } = (message['error'] ?? {}) as Record<string, unknown>;
    job.fail(String(code), String(text));
  }
}

/** What a listener throws is its own matter: it must not end the connection. */
function callSafely<T>(listener: ((value: T) => void) | undefined, value: T): void {
  try {
    listener?.(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
