import { createSocket, type Socket } from 'node:dgram';
import { VigilError } from '../errors.ts';
import { createDeferred, type Deferred } from '../util/deferred.ts';
import { systemClock, type Clock, type Timer } from '../util/clock.ts';
import { encodeEvent } from './encode-event.ts';
import {
  lookUpNumbers,
  type LwesAddress,
  type ResolvedLwesAddress,
  resolveLwesAddress,
  writeLwesAddress,
} from './lwes-address.ts';
import type { LwesEvent } from './lwes-event.ts';
import { createHeartbeat, LWES_HEARTBEAT, LWES_SHUTDOWN, LWES_STARTUP } from './lwes-heartbeat.ts';

/** Something that takes events: an emitter, or a group of them. */
export interface LwesSink {
  /** Sends an event. @returns whether it was taken by every target it was meant for */
  emit(event: LwesEvent): boolean;
  /** Sends an event that is written already. */
  emitBytes(bytes: Uint8Array): boolean;
  /** Resolves when nothing waits to be sent. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface LwesEmitterOptions extends LwesAddress {
  /**
   * Seconds between two `System::Heartbeat`, sent by a timer whether or not there are events. With it
   * `System::Startup` is sent at the beginning and `System::Shutdown` at the end. Default: none of the three.
   */
  readonly heartbeatSeconds?: number;
  /** How many routers a multicast datagram may pass; default 3. */
  readonly ttl?: number;
  /** How many bytes may wait for the operating system; events beyond it are dropped and counted. Default 4 MiB. */
  readonly maxPendingBytes?: number;
}

export interface LwesEmitterSurroundings {
  readonly clock?: Clock;
  /** Told what keeps events from being sent: once, and again when it is something else or came back. */
  readonly onTrouble?: (error: VigilError) => void;
}

/** What became of events; those of the emitter about itself are not counted in `sent`. */
export interface LwesEmitterStats {
  /** Taken by the operating system. */
  readonly sent: number;
  /** Refused by the operating system. */
  readonly failed: number;
  /** Dropped because too much waited, or the emitter was closed. */
  readonly dropped: number;
}

const DEFAULT_TTL = 3;
const HIGHEST_TTL = 255;
const DEFAULT_PENDING_BYTES = 4 * 1024 * 1024;
/** What the int16 of a heartbeat can tell. */
const LONGEST_HEARTBEAT_SECONDS = 32_767;
const CLOSE_DEADLINE_MS = 1000;

/** Sends LWES events to one address. What the network refuses is counted and told, never thrown. */
export class LwesEmitter implements LwesSink {
  readonly #address: ResolvedLwesAddress;
  readonly #maxPendingBytes: number;
  readonly #heartbeatMs: number;
  readonly #clock: Clock;
  readonly #onTrouble: (error: VigilError) => void;
  readonly #socket: Socket;
  readonly #counts = { sent: 0, failed: 0, dropped: 0 };
  #pending = 0;
  #idle: Deferred | undefined;
  #told = '';
  #openFailure: Error | undefined;
  #closing: Promise<void> | undefined;
  #beat: Timer | undefined;
  #lastBeatAt: number;
  #seq = 0n;
  #sentAtLastBeat = 0;

  /**
   * @throws ERR_ARGUMENT
   */
  constructor(options: LwesEmitterOptions, surroundings: LwesEmitterSurroundings = {}) {
    this.#address = resolveLwesAddress(options);
    this.#maxPendingBytes = options.maxPendingBytes ?? DEFAULT_PENDING_BYTES;
    this.#heartbeatMs = resolveHeartbeat(options.heartbeatSeconds);
    const ttl = resolveTtl(options.ttl);
    this.#clock = surroundings.clock ?? systemClock;
    this.#onTrouble = surroundings.onTrouble ?? (() => undefined);
    this.#lastBeatAt = this.#clock.now();
    this.#socket = createSocket({ type: this.#address.family, lookup: lookUpNumbers });
    this.#open(ttl);
    if (this.#heartbeatMs === 0) return;
    this.#send(encodeEvent({ name: LWES_STARTUP, attributes: [] }), false);
    this.#arm();
  }

  get stats(): LwesEmitterStats {
    return { ...this.#counts };
  }

  /**
   * Sends an event.
   *
   * @returns false when it was dropped, as too much waits to be sent or the emitter is closed
   * @throws ERR_LWES_ENCODE when the event cannot be written
   */
  emit(event: LwesEvent): boolean {
    return this.emitBytes(encodeEvent(event));
  }

  emitBytes(bytes: Uint8Array): boolean {
    if (this.#closing !== undefined || this.#socket.getSendQueueSize() > this.#maxPendingBytes) {
      this.#counts.dropped += 1;
      return false;
    }
    this.#send(bytes, true);
    return true;
  }

  flush(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    this.#idle ??= createDeferred();
    return this.#idle.promise;
  }

  /** Sends `System::Shutdown` if there were heartbeats, and what waits; then closes. Never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #open(ttl: number): void {
    this.#socket.on('error', (error) => {
      this.#tell(error);
    });
    try {
      // Whatever the routes say, a worker of a cluster sends by itself.
      this.#socket.bind({ port: 0, exclusive: true });
      if (!this.#address.isMulticast) return;
      this.#socket.setMulticastTTL(ttl);
      if (this.#address.interface !== undefined)
        this.#socket.setMulticastInterface(this.#address.interface);
    } catch (error) {
      this.#openFailure = error as Error;
      this.#tell(this.#openFailure);
    }
  }

  #send(bytes: Uint8Array, isCounted: boolean): void {
    const { host, port } = this.#address;
    this.#pending += 1;
    if (this.#openFailure !== undefined) {
      this.#settle(this.#openFailure, isCounted);
      return;
    }
    try {
      this.#socket.send(bytes, port, host, (error) => {
        this.#settle(error, isCounted);
      });
    } catch (error) {
      this.#settle(error as Error, isCounted);
    }
  }

  #settle(error: Error | null, isCounted: boolean): void {
    this.#pending -= 1;
    if (error !== null) {
      this.#counts.failed += 1;
      this.#tell(error);
    } else {
      if (isCounted) this.#counts.sent += 1;
      this.#told = '';
    }
    if (this.#pending === 0) {
      this.#idle?.resolve();
      this.#idle = undefined;
    }
  }

  #tell(cause: NodeJS.ErrnoException): void {
    const what = cause.code ?? cause.message;
    if (what === this.#told) return;
    this.#told = what;
    const text = `cannot send events to ${writeLwesAddress(this.#address)}: ${cause.message}`;
    try {
      this.#onTrouble(new VigilError('ERR_LWES_SOCKET', text, { cause }));
    } catch {
      // Who listens badly harms nobody.
    }
  }

  #arm(): void {
    this.#beat = this.#clock.setTimer(this.#heartbeatMs, () => {
      this.#arm();
      this.#seq += 1n;
      this.#sendBeat(LWES_HEARTBEAT);
    });
  }

  #sendBeat(name: typeof LWES_HEARTBEAT | typeof LWES_SHUTDOWN): void {
    const now = this.#clock.now();
    const { sent } = this.#counts;
    const beat = createHeartbeat(name, {
      sinceMs: now - this.#lastBeatAt,
      seq: this.#seq,
      count: BigInt(sent - this.#sentAtLastBeat),
      total: BigInt(sent),
    });
    this.#lastBeatAt = now;
    this.#sentAtLastBeat = sent;
    this.#send(encodeEvent(beat), false);
  }

  async #close(): Promise<void> {
    this.#beat?.cancel();
    await this.#flushInTime();
    if (this.#heartbeatMs > 0) {
      this.#sendBeat(LWES_SHUTDOWN);
      await this.#flushInTime();
    }
    const isClosed = createDeferred();
    this.#socket.close(isClosed.resolve);
    await isClosed.promise;
  }

  async #flushInTime(): Promise<void> {
    const late = createDeferred();
    const timer = this.#clock.setTimer(CLOSE_DEADLINE_MS, late.resolve);
    await Promise.race([this.flush(), late.promise]);
    timer.cancel();
  }
}

function resolveHeartbeat(seconds = 0): number {
  if (seconds >= 0 && seconds <= LONGEST_HEARTBEAT_SECONDS) return seconds * 1000;
  const expected = `seconds up to ${LONGEST_HEARTBEAT_SECONDS}`;
  throw new VigilError('ERR_ARGUMENT', `heartbeatSeconds: expected ${expected}, found ${seconds}`);
}

function resolveTtl(ttl = DEFAULT_TTL): number {
  if (Number.isInteger(ttl) && ttl >= 0 && ttl <= HIGHEST_TTL) return ttl;
  throw new VigilError('ERR_ARGUMENT', `ttl: expected a whole number up to 255, found ${ttl}`);
}
