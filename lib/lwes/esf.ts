import type { LwesScalarType, LwesType } from './lwes-event.ts';

/** What an event specification says of one attribute. */
export interface EsfAttribute {
  readonly name: string;
  readonly type: LwesType;
  readonly scalar: LwesScalarType;
  readonly isRequired: boolean;
  /** It stands in `MetaEventInfo`, not with the event. */
  readonly isInherited: boolean;
  /** Bytes of the longest string; null without a limit. */
  readonly maxBytes: number | null;
  /** Items of the longest array; null without a limit. */
  readonly maxItems: number | null;
  /** The value of an attribute that is not given; null when there is none. */
  readonly default: string | number | bigint | boolean | null;
  /** The comments that stand with it. */
  readonly documentation: string;
}

/** One event of a specification, with the attributes of `MetaEventInfo` behind its own. */
export interface EsfEvent {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, EsfAttribute>;
  readonly documentation: string;
}

/** An event specification: which events there are, and what is in them. */
export interface Esf {
  readonly events: ReadonlyMap<string, EsfEvent>;
}

/** Its attributes are allowed in every event. */
export const META_EVENT = 'MetaEventInfo';
