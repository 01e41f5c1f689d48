import { VigilError } from '../errors.ts';

/** Why bytes are not an event, in one word each: the labels of counters. */
export const LWES_FAULTS = [
  /** More bytes than one datagram carries. */
  'oversize',
  /** The bytes end before the event does. */
  'truncated',
  /** The event ends before the bytes do. */
  'trailing',
  /** The event or an attribute has an empty name. */
  'unnamed',
  /** A byte stands for no type. */
  'type',
  /** `enc` is no int16, or neither 0 nor 1. */
  'encoding',
] as const;

export type LwesFault = (typeof LWES_FAULTS)[number];

/** Bytes that are not an event; `fault` says in one word why. */
export class LwesDecodeError extends VigilError {
  readonly fault: LwesFault;
  /** How many bytes were read before the fault was seen. */
  readonly offset: number;

  constructor(fault: LwesFault, offset: number) {
    super('ERR_LWES_DECODE', `not an LWES event: ${FAULT_TEXTS[fault]} (at byte ${offset})`);
    this.name = 'LwesDecodeError';
    this.fault = fault;
    this.offset = offset;
  }
}

const FAULT_TEXTS: Record<LwesFault, string> = {
  oversize: 'it is longer than the 65507 bytes of a datagram',
  truncated: 'the bytes end before the event does',
  trailing: 'the event ends before the bytes do',
  unnamed: 'the event or an attribute has an empty name',
  type: 'a byte stands for no type',
  encoding: '"enc" must be an int16, 0 (ISO-8859-1) or 1 (UTF-8)',
};
