import { VigilError } from '../errors.ts';
import { valueError } from './ipc-errors.ts';
import { measurePlainValue } from './plain-value.ts';
import { encodeValue } from './value-encoder.ts';

/** A value ready for the channel: itself when JSON carries it unchanged, a table otherwise. */
export interface PackedValue {
  readonly value: unknown;
  readonly packed: boolean;
  /** Size in characters, roughly. */
  readonly size: number;
}

/** Prepares a value for the channel. Throws ERR_IPC_VALUE when it holds what cannot be copied. */
export function packValue(value: unknown, keepBinary: boolean): PackedValue {
  if (value === undefined) return NOTHING;
  try {
    const plainSize = measurePlainValue(value);
    if (!Number.isNaN(plainSize)) return { value, packed: false, size: plainSize };
    const { table, size } = encodeValue(value, keepBinary);
    return { value: table, packed: true, size };
  } catch (error) {
    // A getter of the user's, for one, may throw anything.
    throw error instanceof VigilError ? error : valueError('a value that cannot be read', error);
  }
}

const NOTHING: PackedValue = { value: undefined, packed: false, size: 0 };
