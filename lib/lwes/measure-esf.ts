import type { Esf, EsfAttribute, EsfEvent } from './esf.ts';
import { MAX_EVENT_BYTES } from './lwes-limits.ts';
import { LEAST_VALUE_BYTES } from './lwes-type.ts';

/** How long the events of one name can become. */
export interface EsfSize {
  readonly event: string;
  /** Bytes of the longest one, with nothing in strings and arrays that have no limit. */
  readonly maxBytes: number;
  /** The strings and arrays without a limit. */
  readonly unlimited: readonly string[];
  /** The longest one fits into a datagram. */
  readonly fits: boolean;
}

/** Says of every event of a specification how long it can become, and whether that fits into a datagram. */
export function measureEsf(esf: Esf): readonly EsfSize[] {
  return [...esf.events.values()].map(measureEvent);
}

function measureEvent({ name, attributes }: EsfEvent): EsfSize {
  const all = [...attributes.values()];
  const maxBytes = all.reduce((sum, attribute) => sum + measure(attribute), 1 + name.length + 2);
  const unlimited = all.filter(hasNoLimit).map((attribute) => attribute.name);
  return { event: name, maxBytes, unlimited, fits: maxBytes <= MAX_EVENT_BYTES };
}

function hasNoLimit({ type, scalar, maxBytes, maxItems }: EsfAttribute): boolean {
  return (scalar === 'string' && maxBytes === null) || (type !== scalar && maxItems === null);
}

function measure({ name, type, scalar, maxBytes, maxItems }: EsfAttribute): number {
  const head = 1 + name.length + 1;
  const value = LEAST_VALUE_BYTES[scalar] + (maxBytes ?? 0);
  if (type === scalar) return head + value;
  const items = maxItems ?? 0;
  const gaps = type.startsWith('nullable') ? 2 + ((items + 7) >> 3) : 0;
  return head + 2 + gaps + items * value;
}
