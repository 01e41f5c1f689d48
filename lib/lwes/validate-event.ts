import type { Esf, EsfAttribute } from './esf.ts';
import type { LwesAttribute, LwesEvent } from './lwes-event.ts';

/** How an event differs from its specification, in one word each. */
export type EsfFindingKind =
  | 'unknown-event'
  | 'unknown-attribute'
  | 'wrong-type'
  | 'missing-attribute'
  | 'string-too-long'
  | 'array-too-long';

/** One difference between an event and its specification. */
export interface EsfFinding {
  readonly kind: EsfFindingKind;
  readonly event: string;
  /** Null when the event itself is meant. */
  readonly attribute: string | null;
  readonly text: string;
}

/** What writers and receivers add by themselves, with its type. */
const ADDED: ReadonlyMap<string, string> = new Map([
  ['enc', 'int16'],
  ['ReceiptTime', 'int64'],
  ['SenderIP', 'ip_addr'],
  ['SenderPort', 'uint16'],
]);

/**
 * Compares an event with its specification.
 *
 * `enc` and what receivers add (`ReceiptTime`, `SenderIP`, `SenderPort`) need not be in it.
 *
 * @returns every difference, none for an event that is as specified
 */
export function validateEvent(event: LwesEvent, esf: Esf): readonly EsfFinding[] {
  const specified = esf.events.get(event.name);
  const finding = (kind: EsfFindingKind, attribute: string | null, problem: string): EsfFinding => {
    const where = attribute === null ? '' : `, attribute "${attribute}"`;
    return {
      kind,
      event: event.name,
      attribute,
      text: `event "${event.name}"${where}: ${problem}`,
    };
  };
  if (specified === undefined) return [finding('unknown-event', null, 'is not specified')];
  const given = new Map(event.attributes.map((attribute) => [attribute.name, attribute]));
  const isLatin1 = given.get('enc')?.value === 0;
  const problems = [...given.values()].flatMap((attribute) =>
    checkAttribute(attribute, specified.attributes.get(attribute.name), isLatin1).map(
      ([kind, problem]) => finding(kind, attribute.name, problem),
    ),
  );
  const missing = [...specified.attributes.values()]
    .filter(({ name, isRequired }) => isRequired && !given.has(name))
    .map(({ name }) => finding('missing-attribute', name, 'is required and missing'));
  return [...problems, ...missing];
}

type Problem = readonly [EsfFindingKind, string];

function checkAttribute(
  { name, type, value }: LwesAttribute,
  specified: EsfAttribute | undefined,
  isLatin1: boolean,
): readonly Problem[] {
  const expected = specified?.type ?? ADDED.get(name);
  if (expected === undefined) return [['unknown-attribute', 'is not specified']];
  if (type !== expected) return [['wrong-type', `is ${type}, not ${expected}`]];
  return specified === undefined ? [] : checkLimits(value, specified, isLatin1);
}

function checkLimits(
  value: LwesAttribute['value'],
  { maxItems, maxBytes }: EsfAttribute,
  isLatin1: boolean,
): readonly Problem[] {
  const problems: Problem[] = [];
  if (maxItems !== null && Array.isArray(value) && value.length > maxItems) {
    problems.push(['array-too-long', `has ${value.length} items, more than ${maxItems}`]);
  }
  const bytes = maxBytes === null ? 0 : longestText(value, isLatin1);
  if (maxBytes !== null && bytes > maxBytes) {
    problems.push(['string-too-long', `has ${bytes} bytes, more than ${maxBytes}`]);
  }
  return problems;
}

function longestText(value: LwesAttribute['value'], isLatin1: boolean): number {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts.reduce<number>((longest, text) => {
    const bytes = typeof text === 'string' ? byteLength(text, isLatin1) : 0;
    return Math.max(longest, bytes);
  }, 0);
}

function byteLength(text: string, isLatin1: boolean): number {
  return Buffer.byteLength(text, isLatin1 ? 'latin1' : 'utf8');
}
