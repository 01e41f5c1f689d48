import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { VigilError } from '../errors.ts';
import { createDeferred } from '../util/deferred.ts';
import { systemClock, waitFor, type Clock, type Timer } from '../util/clock.ts';
import { tryDecodeEvent } from './decode-event.ts';
import { KernelDrops } from './kernel-drops.ts';
import {
  lookUpNumbers,
  type LwesAddress,
  type ResolvedLwesAddress,
  resolveLwesAddress,
  writeLwesAddress,
} from './lwes-address.ts';
import type { LwesFault } from './lwes-decode-error.ts';
import type { LwesEvent } from './lwes-event.ts';
import { addReceipt, hasReceipt, type LwesReceipt } from './receiver-attributes.ts';

export interface LwesListenerOptions extends LwesAddress {
  /** How much the kernel is asked to keep until it is read; default 8 MiB. It may grant less: see `receiveBufferBytes`. */
  readonly receiveBufferBytes?: number;
  /**
   * `ReceiptTime`, `SenderIP` and `SenderPort`, the last attributes of each event: `add` puts them in the place of
   * others, `respect` leaves those of an event that ends in them, as a replayed one does; `none` adds nothing. Default `add`.
   */
  readonly receiverAttributes?: 'add' | 'respect' | 'none';
  /** Also reads what only some implementations accept; default false. */
  readonly lenient?: boolean;
  /** Seconds between two looks at what the kernel dropped; default 1. */
  readonly dropCheckSeconds?: number;
}

export interface LwesListenerSurroundings {
  readonly clock?: Clock;
}

/** One datagram as it came. */
export interface LwesDatagram extends LwesReceipt {
  readonly bytes: Buffer;
}

/** What is told of, each with what it is told with. */
export interface LwesListenerEvents {
  /** An event came. */
  readonly event: readonly [event: LwesEvent, datagram: LwesDatagram];
  /** A datagram came, whatever is in it; told before `event`. */
  readonly datagram: readonly [datagram: LwesDatagram];
  /** A datagram was no event. */
  readonly malformed: readonly [fault: LwesFault, datagram: LwesDatagram];
  /** The kernel dropped so many more. */
  readonly dropped: readonly [count: number];
  /** The socket failed, or a subscriber threw. */
  readonly trouble: readonly [error: Error];
}

export interface LwesListenerStats {
  /** Every datagram that was read, malformed ones included. */
  readonly received: number;
  /** Datagrams that were no events. */
  readonly malformed: number;
  readonly malformedBy: Readonly<Partial<Record<LwesFault, number>>>;
  /** Datagrams the kernel dropped as they were not read in time, by the last look; null where the system does not tell. */
  readonly kernelDrops: number | null;
  /** Errors thrown by subscribers. */
  readonly subscriberErrors: number;
  /** What the kernel granted, 0 before the start. */
  readonly receiveBufferBytes: number;
}

export type LwesSubscriber<Name extends keyof LwesListenerEvents> = (
  ...told: LwesListenerEvents[Name]
) => void;
type Subscribers = { readonly [Name in keyof LwesListenerEvents]: Set<LwesSubscriber<Name>> };

const DEFAULT_BUFFER_BYTES = 8 * 1024 * 1024;
const CLOSE_DEADLINE_MS = 5000;
/** Less than the kernel needs for any datagram. */
const LEAST_KEPT_BYTES = 256;

/**
 * Listens for LWES events at one address, and tells them in the order in which they came.
 *
 * A multicast group is joined, and the socket bound to the address of the group itself: bound to any other, Linux would
 * hand it what is sent to other groups at the same port. Several listeners of one address all get what is sent to a group.
 */
export class LwesListener {
  readonly #address: ResolvedLwesAddress;
  readonly #options: LwesListenerOptions;
  readonly #clock: Clock;
  readonly #listeners: Subscribers = {
    event: new Set(),
    datagram: new Set(),
    malformed: new Set(),
    dropped: new Set(),
    trouble: new Set(),
  };
  readonly #malformedBy: Partial<Record<LwesFault, number>> = {};
  #received = 0;
  #malformed = 0;
  #subscriberErrors = 0;
  #receiveBufferBytes = 0;
  #kernelDrops = 0;
  #kernel: KernelDrops | null = null;
  #socket: Socket | undefined;
  #dropCheck: Timer | undefined;
  #closing: Promise<void> | undefined;

  /**
   * @param options - where to listen; port 0 takes any that is free
   * @throws ERR_ARGUMENT
   */
  constructor(
    options: LwesListenerOptions,
    { clock = systemClock }: LwesListenerSurroundings = {},
  ) {
    this.#address = resolveLwesAddress(options, 0);
    this.#options = options;
    this.#clock = clock;
  }

  /** Where it listens; the port is known after the start. */
  get address(): LwesAddress {
    const { host, port, interface: device } = this.#address;
    return {
      host,
      port: this.#socket === undefined ? port : portOf(this.#socket),
      ...(device === undefined ? {} : { interface: device }),
    };
  }

  get stats(): LwesListenerStats {
    return {
      received: this.#received,
      malformed: this.#malformed,
      malformedBy: { ...this.#malformedBy },
      kernelDrops: this.#kernel === null ? null : this.#kernelDrops,
      subscriberErrors: this.#subscriberErrors,
      receiveBufferBytes: this.#receiveBufferBytes,
    };
  }

  /** Calls back from now on. One that throws is told of as `trouble`, and harms nobody else. */
  on<Name extends keyof LwesListenerEvents>(name: Name, listener: LwesSubscriber<Name>): this {
    this.#listeners[name].add(listener);
    return this;
  }

  off<Name extends keyof LwesListenerEvents>(name: Name, listener: LwesSubscriber<Name>): this {
    this.#listeners[name].delete(listener);
    return this;
  }

  /**
   * Begins to listen. Resolves when whatever is sent from now on is received.
   *
   * @throws ERR_LWES_SOCKET when the address cannot be had, or the group not be joined
   */
  async start(): Promise<void> {
    if (this.#socket !== undefined || this.#closing !== undefined)
      throw new VigilError('ERR_ARGUMENT', 'a listener is started once');
    const socket = createSocket({
      type: this.#address.family,
      reuseAddr: this.#address.isMulticast,
      lookup: lookUpNumbers,
    });
    this.#socket = socket;
    try {
      this.#bind(socket);
    } catch (cause) {
      this.#socket = undefined;
      await closeSocket(socket);
      throw this.#createError(cause as Error);
    }
    socket.on('error', (cause) => {
      this.#tell('trouble', this.#createError(cause));
    });
    socket.on('message', (bytes, sender) => {
      this.#take(bytes, sender);
    });
    this.#armDropCheck();
  }

  /** Asks the kernel now what it dropped so far; null where the system does not tell. */
  readKernelDrops(): number | null {
    if (this.#kernel === null) return null;
    const { drops } = this.#kernel.read();
    const more = drops - this.#kernelDrops;
    this.#kernelDrops = drops;
    if (more > 0) this.#tell('dropped', more);
    return drops;
  }

  /** Reads what has come already, five seconds long at the most, looks a last time what was dropped, and leaves the group. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** All of it happens before it returns: the address is one of numbers, and no other process is asked for the socket. */
  #bind(socket: Socket): void {
    const { host, port, family, isMulticast } = this.#address;
    let failure: Error | undefined;
    const fail = (error: Error): void => {
      failure = error;
    };
    socket.on('error', fail);
    this.#kernel = KernelDrops.watch(family, () => {
      socket.bind({ port, address: host, exclusive: true });
      if (failure !== undefined) throw failure;
      return portOf(socket);
    });
    this.#receiveBufferBytes = this.#enlargeBuffer(socket);
    if (isMulticast) socket.addMembership(host, this.#address.interface);
    socket.off('error', fail);
  }

  #enlargeBuffer(socket: Socket): number {
    try {
      socket.setRecvBufferSize(this.#options.receiveBufferBytes ?? DEFAULT_BUFFER_BYTES);
    } catch {
      // What it is by itself is told all the same.
    }
    return socket.getRecvBufferSize();
  }

  #take(bytes: Buffer, { address, port }: RemoteInfo): void {
    this.#received += 1;
    const datagram: LwesDatagram = {
      bytes,
      receivedAtMs: this.#clock.wallTime(),
      senderIP: toIPv4(address),
      senderPort: port,
    };
    this.#tell('datagram', datagram);
    const { event, fault } = tryDecodeEvent(bytes, this.#options);
    if (event !== null) {
      this.#tell('event', this.#complete(event, datagram), datagram);
      return;
    }
    this.#malformed += 1;
    this.#malformedBy[fault] = (this.#malformedBy[fault] ?? 0) + 1;
    this.#tell('malformed', fault, datagram);
  }

  #complete(event: LwesEvent, datagram: LwesDatagram): LwesEvent {
    const { receiverAttributes = 'add' } = this.#options;
    if (receiverAttributes === 'none') return event;
    if (receiverAttributes === 'respect' && hasReceipt(event)) return event;
    return addReceipt(event, datagram);
  }

  #tell<Name extends keyof LwesListenerEvents>(
    name: Name,
    ...told: LwesListenerEvents[Name]
  ): void {
    for (const listener of this.#listeners[name]) {
      try {
        listener(...told);
      } catch (error) {
        this.#subscriberErrors += 1;
        if (name !== 'trouble') this.#tell('trouble', error as Error);
      }
    }
  }

  #armDropCheck(): void {
    if (this.#kernel === null) return;
    const { dropCheckSeconds = 1 } = this.#options;
    this.#dropCheck = this.#clock.setTimer(dropCheckSeconds * 1000, () => {
      this.readKernelDrops();
      this.#armDropCheck();
    });
    this.#dropCheck.unref();
  }

  async #close(): Promise<void> {
    this.#dropCheck?.cancel();
    const socket = this.#socket;
    if (socket === undefined) return;
    await this.#readWaiting();
    this.readKernelDrops();
    await closeSocket(socket);
  }

  /** What waits now, though ever more may come. */
  async #readWaiting(): Promise<void> {
    const look = (): number => this.#kernel?.read().waitingBytes ?? 0;
    const deadline = this.#clock.now() + CLOSE_DEADLINE_MS;
    const enough = this.#received + look() / LEAST_KEPT_BYTES;
    while (look() > 0 && this.#received < enough && this.#clock.now() < deadline)
      await waitFor(this.#clock, 1);
  }

  #createError(cause: Error): VigilError {
    const where = writeLwesAddress(this.#address);
    const hint = HINTS[(cause as NodeJS.ErrnoException).code ?? ''] ?? '';
    const text = `cannot listen at ${where}: ${cause.message}${hint}`;
    return new VigilError('ERR_LWES_SOCKET', text, { cause });
  }
}

const HINTS: Readonly<Record<string, string>> = {
  ENODEV: '; no route leads to the group: name an address of this machine as interface',
};

function portOf(socket: Socket): number {
  return socket.address().port;
}

function closeSocket(socket: Socket): Promise<void> {
  const closed = createDeferred();
  socket.close(closed.resolve);
  return closed.promise;
}

/** An IPv4 sender shows at an IPv6 socket as ::ffff:192.0.2.1. */
function toIPv4(address: string): string {
  if (!address.includes(':')) return address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? '0.0.0.0';
}
