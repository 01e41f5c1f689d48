import { isIPv6 } from 'node:net';
import type { Clock } from '../util/clock.ts';

export interface WrongKeyLimits {
  /** Wrong keys that one address may show at once. */
  readonly perAddress: number;
  /** One more after so long, milliseconds. */
  readonly addressRefillMs: number;
  /** Those of all addresses together. */
  readonly overall: number;
  readonly overallRefillMs: number;
  /** Of how many addresses is known what they have shown. */
  readonly maxAddresses: number;
}

const DEFAULT_LIMITS: WrongKeyLimits = {
  perAddress: 10,
  addressRefillMs: 6_000,
  overall: 100,
  overallRefillMs: 600,
  maxAddresses: 1_000,
};

interface Tally {
  readonly count: number;
  readonly at: number;
}

const NOTHING: Tally = { count: 0, at: 0 };

/**
 * Counts wrong keys, by address and in all, in bounded memory. Who has shown too many has to wait before a key of
 * theirs is looked at again. An address that has shown the right key is not made to wait for others.
 */
export class WrongKeyLimit {
  readonly #clock: Clock;
  readonly #limits: WrongKeyLimits;
  readonly #tallies = new Map<string, Tally>();
  readonly #proven = new Set<string>();
  #overall = NOTHING;

  constructor(clock: Clock, limits: Partial<WrongKeyLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** How long this address has to wait before its next key is looked at, milliseconds. */
  waitMs(address: string | undefined): number {
    const { perAddress, addressRefillMs, overall, overallRefillMs } = this.#limits;
    const peer = groupAddress(address);
    const now = this.#clock.now();
    const own = this.#tallies.get(peer) ?? NOTHING;
    const ownWait = (decay(own, now, addressRefillMs) + 1 - perAddress) * addressRefillMs;
    if (this.#proven.has(peer)) return Math.max(0, ownWait);
    const all = decay(this.#overall, now, overallRefillMs);
    return Math.max(0, ownWait, (all + 1 - overall) * overallRefillMs);
  }

  noteWrong(address: string | undefined): void {
    const { addressRefillMs, overallRefillMs, maxAddresses } = this.#limits;
    const peer = groupAddress(address);
    const now = this.#clock.now();
    const own = this.#tallies.get(peer) ?? NOTHING;
    // Set anew, so that the order is that of the last time.
    this.#tallies.delete(peer);
    this.#tallies.set(peer, { count: decay(own, now, addressRefillMs) + 1, at: now });
    forgetOldest(this.#tallies, maxAddresses);
    this.#overall = { count: decay(this.#overall, now, overallRefillMs) + 1, at: now };
  }

  noteRight(address: string | undefined): void {
    const peer = groupAddress(address);
    this.#proven.delete(peer);
    this.#proven.add(peer);
    forgetOldest(this.#proven, this.#limits.maxAddresses);
  }

  /** Of how many addresses something is remembered. */
  get size(): number {
    return this.#tallies.size + this.#proven.size;
  }
}

function decay({ count, at }: Tally, now: number, refillMs: number): number {
  return Math.max(0, count - (now - at) / refillMs);
}

/** Whoever has one address of IPv6 has the whole network of 64 bits. */
function groupAddress(address = ''): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const first = head.split(':').filter(Boolean);
  const last = (tail ?? '').split(':').filter(Boolean);
  const gap = tail === undefined ? 0 : 8 - first.length - last.length;
  return [...first, ...Array<string>(Math.max(0, gap)).fill('0'), ...last].slice(0, 4).join(':');
}

function forgetOldest(known: Map<string, unknown> | Set<string>, most: number): void {
  for (const key of known.keys()) {
    if (known.size <= most) return;
    known.delete(key);
  }
}
