import type { Duplex } from 'node:stream';
import { askOverConnection, probeOnce, type ProbeOutcome } from '../../probe/http-probe.ts';
import type { Clock, Timer } from '../../util/clock.ts';
import { type PollingSettings, STARTING_POLL_MS } from '../server-boot.ts';
import type { PollingGet } from '../options/session-options.ts';
import { isHttp2 } from './is-http2.ts';
import type { ListenerWatch, WatchedListener } from './listener-watch.ts';
import { findOwnCluster } from './own-cluster.ts';
import { createPrivateConnection } from './private-connection.ts';

export interface SelfPollOptions {
  readonly clock: Clock;
  readonly settings: PollingSettings;
  /** 0: any port is the expected one. */
  readonly expectedPort: number;
  readonly watch: ListenerWatch;
  readonly onOutcome: (outcome: ProbeOutcome) => void;
  /** Told whenever another listener than before is polled. */
  readonly onTarget: (listener: WatchedListener, expected: boolean) => void;
}

/** Clients that have waited for the server come before the first poll, which the process takes some time for. */
const FIRST_POLL_MS = 15;

/** Polls the health route of this process's own server; the next poll starts an interval after the last ended. */
export class SelfPoll {
  readonly #options: SelfPollOptions;
  #settings: PollingSettings;
  #get: PollingGet | null = null;
  #timer: Timer | null = null;
  #target: WatchedListener | null = null;
  #phase: 'idle' | 'polling' | 'waiting' | 'stopped' = 'idle';
  #wasGood = false;

  constructor(options: SelfPollOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  /** Begins, at the first listener; further calls change nothing. */
  start(): void {
    if (this.#phase === 'idle') this.#waitFor(FIRST_POLL_MS);
  }

  get route(): string {
    return this.#settings.route;
  }

  stop(): void {
    this.#phase = 'stopped';
    this.#timer?.cancel();
  }

  change(settings: PollingSettings): void {
    this.#settings = settings;
    if (this.#phase === 'waiting') this.#waitForNext();
  }

  /** Replaces the default way to ask, which uses a private connection, by the user's own getter. */
  useGetter(get: PollingGet): void {
    this.#get = get;
  }

  /** Readiness was announced by other means: polls keep their normal interval from now. */
  endStarting(): void {
    this.#wasGood = true;
  }

  async #poll(): Promise<void> {
    this.#phase = 'polling';
    const outcome = await this.#askTarget();
    if (this.#isStopped()) return;
    this.#wasGood ||= outcome.ok;
    this.#options.onOutcome(outcome);
    this.#waitForNext();
  }

  #isStopped(): boolean {
    return this.#phase === 'stopped';
  }

  #waitForNext(): void {
    const { intervalMs } = this.#settings;
    this.#waitFor(this.#wasGood ? intervalMs : Math.min(intervalMs, STARTING_POLL_MS));
  }

  #waitFor(delayMs: number): void {
    this.#phase = 'waiting';
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(delayMs, () => void this.#poll());
    this.#timer.unref();
  }

  #askTarget(): Promise<ProbeOutcome> {
    const target = this.#chooseTarget();
    if (target === null) {
      const reason =
        this.#target === null
          ? 'no HTTP server listens: set "polling" to false for a server that speaks no HTTP'
          : 'the server closed its listener';
      return Promise.resolve({ ok: false, reason, latencyMs: 0 });
    }
    const { route, timeoutMs, expectStatus } = this.#settings;
    const get = this.#get;
    return probeOnce(this.#options.clock, { timeoutMs, expectStatus }, (signal) =>
      get === null ? askPrivately(target, route, signal) : askWith(get, urlOf(target, route)),
    );
  }

  /**
   * The listener on the configured port, else the first that speaks HTTP; one that was polled is
   * kept, also when the server has closed it and listens there again.
   */
  #chooseTarget(): WatchedListener | null {
    const { expectedPort, watch } = this.#options;
    // One that the server has closed is there until its last connection ends; the one of a cluster
    // has given its handle away.
    const spoken = watch.listeners.filter(({ server, protocol }) =>
      protocol === 'other' ? findOwnCluster() !== null : server.listening,
    );
    const onPort = spoken.find((listener) => listener.port === expectedPort);
    const kept = spoken.find((listener) => this.#isTarget(listener));
    const chosen = onPort ?? kept ?? (this.#target === null ? spoken[0] : undefined) ?? null;
    if (chosen === null || chosen === this.#target) return chosen;
    const isElsewhere = !isSameAddress(chosen, this.#target);
    this.#target = chosen;
    if (isElsewhere) this.#options.onTarget(chosen, expectedPort === 0 || chosen === onPort);
    return chosen;
  }

  #isTarget(listener: WatchedListener): boolean {
    return listener.server === this.#target?.server || isSameAddress(listener, this.#target);
  }
}

function isSameAddress(one: WatchedListener, other: WatchedListener | null): boolean {
  return one.port === other?.port && one.path === other.path;
}

function askPrivately(
  target: WatchedListener,
  route: string,
  signal: AbortSignal,
): Promise<number> {
  const connect = (): Duplex => connectTo(target);
  if (!isHttp2(target.server))
    return askOverConnection({ route, protocol: 'http:', connect }, signal);
  const { askOverHttp2 } =
    require('../../probe/http2-probe') as typeof import('../../probe/http2-probe.ts');
  const protocol = target.protocol === 'https' ? 'https:' : 'http:';
  return askOverHttp2({ route, protocol, connect }, signal);
}

function connectTo(listener: WatchedListener): Duplex {
  if (listener.protocol === 'other') return connectToOwnCluster(listener);
  const { client, server } = createPrivateConnection();
  listener.server.emit('connection', server);
  if (listener.protocol === 'http') return client;

  const tls = require('node:tls') as typeof import('node:tls');
  // The certificate names the public host and may be anything: this connection never leaves the process.
  const options = { socket: client, rejectUnauthorized: false, servername: 'localhost' };
  return tls.connect(isHttp2(listener.server) ? { ...options, ALPNProtocols: ['h2'] } : options);
}

function connectToOwnCluster({ port, path }: WatchedListener): Duplex {
  const net = require('node:net') as typeof import('node:net');
  return path === null
    ? net.connect({ host: 'localhost', port: port ?? 0 })
    : net.connect({ path });
}

function urlOf(listener: WatchedListener, route: string): string {
  const protocol = listener.protocol === 'https' ? 'https' : 'http';
  return `${protocol}://127.0.0.1:${String(listener.port ?? '')}${route}`;
}

/** Getters differ in what they resolve with, and some reject for a status they do not like. */
async function askWith(get: PollingGet, url: string): Promise<number> {
  try {
    return readStatus(await get(url)) ?? 200;
  } catch (error) {
    const status = readStatus(error);
    if (status === null) throw error;
    return status;
  }
}

function readStatus(answer: unknown): number | null {
  if (typeof answer !== 'object' || answer === null) return null;
  const { statusCode, status } = answer as { statusCode?: unknown; status?: unknown };
  if (typeof statusCode === 'number') return statusCode;
  return typeof status === 'number' ? status : null;
}
