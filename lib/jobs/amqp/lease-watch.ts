import type { Clock, Timer } from '../../util/clock.ts';

/** What can be kept by a lease. */
export interface Leasable {
  readonly isLeased: boolean;
  readonly isForfeit: boolean;
  readonly keptForMs: number;
  lease(leaseMs: number): Promise<void>;
}

export interface LeaseWatchPorts<T extends Leasable> {
  readonly clock: Clock;
  /** How long the server lets a delivery be unsettled, milliseconds. */
  readonly allowedMs: number;
  readonly held: () => Iterable<T>;
  /** To be done before a lease is taken. */
  readonly prepare: () => Promise<void> | undefined;
  readonly onForfeit: (delivery: T) => void;
}

/** What of the time allowed goes by before a lease is taken, and is what a lease is for. */
const SHARE = 3;
const RENEWALS = 3;

/** Takes leases for deliveries that are held for long, and renews them. */
export class LeaseWatch<T extends Leasable> {
  readonly #ports: LeaseWatchPorts<T>;
  readonly #leaseMs: number;
  #timer: Timer | null = null;

  constructor(ports: LeaseWatchPorts<T>) {
    this.#ports = ports;
    this.#leaseMs = Math.ceil(ports.allowedMs / SHARE);
  }

  start(): void {
    this.#timer = this.#ports.clock.setTimer(this.#leaseMs / RENEWALS, () => {
      this.start();
      for (const delivery of [...this.#ports.held()]) this.#look(delivery);
    });
    this.#timer.unref();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #look(delivery: T): void {
    if (delivery.isForfeit) {
      this.#ports.onForfeit(delivery);
      return;
    }
    if (!delivery.isLeased && delivery.keptForMs < this.#leaseMs) return;
    void this.#lease(delivery);
  }

  async #lease(delivery: T): Promise<void> {
    if (!delivery.isLeased) await this.#ports.prepare();
    await delivery.lease(this.#leaseMs);
  }
}
