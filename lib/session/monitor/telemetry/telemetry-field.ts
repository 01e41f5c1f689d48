import type { LwesType } from '../../../lwes/lwes-event.ts';

/** One attribute of a telemetry event, and where its value comes from. */
export interface TelemetryField {
  readonly type: LwesType;
  readonly about: string;
  /** What it is called when that differs from the field of the session's event. */
  readonly name?: string;
  /** It is missing when there is no value. */
  readonly isOptional?: true;
  /** Longer strings are cut. */
  readonly maxBytes?: number;
  /** Of longer lists the first items are sent. */
  readonly maxItems?: number;
  /** Makes the value of the field of the session's event; without it that is the value. */
  readonly pick?: (value: unknown) => unknown;
}

const LONGEST_TEXT = 1000;
const LONGEST_ITEM = 300;
const MOST_ITEMS = 20;

export function text(about: string, maxBytes = LONGEST_TEXT): TelemetryField {
  return { type: 'string', about, maxBytes };
}

/** Lists without items are not sent, as receivers written in C cannot read them. */
export function texts(about: string): TelemetryField {
  return {
    type: 'string[]',
    about,
    maxBytes: LONGEST_ITEM,
    maxItems: MOST_ITEMS,
    isOptional: true,
  };
}

/** For what stays small: counts, codes, ports. */
export function small(about: string): TelemetryField {
  return { type: 'int32', about };
}

/** For milliseconds and bytes. */
export function large(about: string): TelemetryField {
  return { type: 'int64', about };
}

export function real(about: string): TelemetryField {
  return { type: 'double', about };
}

export function flag(about: string): TelemetryField {
  return { type: 'boolean', about };
}

export function optional(field: TelemetryField): TelemetryField {
  return { ...field, isOptional: true };
}

/** A part of an object, under a name of its own. */
export function part(name: string, key: string, field: TelemetryField): TelemetryField {
  return { ...field, name, pick: (value) => readKey(value, key) };
}

export function readKey(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
