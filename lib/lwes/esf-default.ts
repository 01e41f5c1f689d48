import { isIPv4 } from 'node:net';
import type { EsfReader } from './esf-reader.ts';
import type { EsfToken } from './esf-tokens.ts';
import type { EsfAttribute } from './esf.ts';
import type { LwesScalarType } from './lwes-event.ts';
import { INTEGER_RANGES, isBigInteger } from './lwes-type.ts';

type EsfDefault = NonNullable<EsfAttribute['default']>;

/** The value behind `=`, which has to be one of the type. */
export function readEsfDefault(reader: EsfReader, scalar: LwesScalarType): EsfDefault {
  const token = reader.take();
  const value = parseDefault(token, scalar);
  if (value !== null) return value;
  const shown = token.kind === 'end' ? 'the end of the text' : JSON.stringify(token.text);
  return reader.fail(`${shown} is no default of type ${scalar}`, token);
}

function parseDefault({ kind, text }: EsfToken, scalar: LwesScalarType): EsfDefault | null {
  if (kind === 'string') return parseQuoted(text, scalar);
  if (kind !== 'word') return null;
  if (scalar === 'string') return null;
  if (scalar === 'ip_addr') return isIPv4(text) ? text : null;
  if (scalar === 'boolean') return BOOLEANS.get(text) ?? null;
  if (scalar === 'float' || scalar === 'double') return parseNumber(text);
  return parseInteger(text, scalar);
}

const BOOLEANS = new Map([
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
]);

function parseQuoted(text: string, scalar: LwesScalarType): string | null {
  if (scalar === 'ip_addr') return isIPv4(text) ? text : null;
  return scalar === 'string' ? text.replace(/\\(.)/g, '$1') : null;
}

function parseNumber(text: string): number | null {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

function parseInteger(text: string, scalar: keyof typeof INTEGER_RANGES): number | bigint | null {
  if (!/^[+-]?\d{1,20}$/.test(text)) return null;
  const value = BigInt(text.replace('+', ''));
  const [least, most] = INTEGER_RANGES[scalar];
  if (value < least || value > most) return null;
  return isBigInteger(scalar) ? value : Number(value);
}
