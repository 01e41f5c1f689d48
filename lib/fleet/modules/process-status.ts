import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../util/clock.ts';

/** How a process of a fleet is. */
export interface ProcessStatus {
  readonly serverId: string;
  readonly serverType: string;
  readonly pid: number;
  /** In MB with two decimals, as the two below. */
  readonly rss: string;
  readonly heapTotal: string;
  readonly heapUsed: string;
  readonly rssBytes: number;
  /** Minutes with two decimals. */
  readonly uptime: string;
  /** How late the event loop was at its worst within the last seconds. */
  readonly loopLagMs: number;
  /** Connections to the servers of this process that are open. */
  readonly connections: number;
}

const LOOK_EVERY_MS = 1000;
const LOOKS_KEPT = 5;
const ACCEPTED = 'net.server.socket';

/** Watches this process, so that it can say at any time how it is. */
export class StatusWatch {
  readonly #clock: Clock;
  readonly #lags: number[] = [];
  #connections = 0;
  #timer: Timer | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(): void {
    subscribe(ACCEPTED, this.#onSocket);
    this.#look();
  }

  stop(): void {
    unsubscribe(ACCEPTED, this.#onSocket);
    this.#timer?.cancel();
  }

  read({ id, type }: { readonly id: string; readonly type: string }): ProcessStatus {
    const { rss, heapTotal, heapUsed } = process.memoryUsage();
    return {
      serverId: id,
      serverType: type,
      pid: process.pid,
      rss: inMegabytes(rss),
      heapTotal: inMegabytes(heapTotal),
      heapUsed: inMegabytes(heapUsed),
      rssBytes: rss,
      uptime: (process.uptime() / 60).toFixed(2),
      loopLagMs: Math.round(Math.max(0, ...this.#lags)),
      connections: this.#connections,
    };
  }

  readonly #onSocket = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket };
    this.#connections += 1;
    socket.once('close', () => {
      this.#connections -= 1;
    });
  };

  #look(): void {
    const dueAt = this.#clock.now() + LOOK_EVERY_MS;
    this.#timer = this.#clock.setTimer(LOOK_EVERY_MS, () => {
      this.#lags.push(Math.max(this.#clock.now() - dueAt, 0));
      if (this.#lags.length > LOOKS_KEPT) this.#lags.shift();
      this.#look();
    });
    this.#timer.unref();
  }
}

function inMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}
