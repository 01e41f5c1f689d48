import { CAUSES, type Cause } from '../supervision/cause.ts';
import type { CrashReport } from './crash-report.ts';

/**
 * Reads a report that was stored, perhaps by another version or by hand.
 *
 * @returns the report, or a sentence about what is wrong with it
 */
export function parseCrashReport(text: string): CrashReport | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  if (!isRecord(value)) return 'is not a JSON object';
  const wrong = REQUIRED.find(([name, isRight]) => !isRight(value[name]));
  if (wrong !== undefined) return `has no usable "${wrong[0]}"`;
  return { ...value, ...absentOf(value) } as unknown as CrashReport;
}

type Check = (value: unknown) => boolean;

const isString: Check = (value) => typeof value === 'string';
const isText: Check = (value) => isString(value) && value !== '';
const isNumber: Check = Number.isFinite;
const isTexts: Check = listOf(isString);

const CAUSE = {
  name: isText,
  message: isString,
  code: orNull(isString),
  stack: orNull(isString),
};

const REQUIRED: readonly (readonly [name: string, isRight: Check])[] = [
  ['id', isText],
  ['at', isText],
  ['fingerprint', isText],
  ['cause', (value) => CAUSES.includes(value as Cause)],
  ['occurrences', Number.isSafeInteger],
  ['generation', Number.isSafeInteger],
  ['restarts', Number.isSafeInteger],
  ['nextAction', shapeOf({ kind: isText, delayMs: orNull(isNumber) })],
  ['environment', shapeOf({ node: isText, gitCommit: orNull(isString) })],
  ['evidence', isTexts],
  ['outputTail', isTexts],
  ['error', orNull(shapeOf({ ...CAUSE, causeChain: listOf(shapeOf(CAUSE)) }))],
];

const FRAME = {
  file: isText,
  line: isNumber,
  column: isNumber,
  function: orNull(isString),
  lines: listOf(shapeOf({ line: isNumber, text: isString })),
};

type Optional = Exclude<
  keyof CrashReport,
  | 'id'
  | 'at'
  | 'fingerprint'
  | 'cause'
  | 'occurrences'
  | 'generation'
  | 'restarts'
  | 'nextAction'
  | 'environment'
  | 'evidence'
  | 'outputTail'
  | 'error'
>;

/** What a report written by another version may lack, or have in a form of its own: then it counts as not known. */
const OPTIONAL: { readonly [Name in Optional]: readonly [Check, CrashReport[Name]] } = {
  phase: [isText, 'running'],
  sourceFrame: [orNull(shapeOf(FRAME)), null],
  pid: [orNull(isNumber), null],
  code: [orNull(isNumber), null],
  signal: [orNull(isText), null],
  uptimeMs: [orNull(isNumber), null],
  requestsInFlight: [listOf(shapeOf({ method: isString, path: isString, ageMs: isNumber })), []],
  moreRequests: [isNumber, 0],
  suspect: [orNull(shapeOf({ route: isText, hits: isNumber, of: isNumber })), null],
  quarantined: [orNull(shapeOf({ route: isText, forMs: isNumber })), null],
  hangStack: [orNull(isString), null],
  memory: [orNull(shapeOf({ rssBytes: isNumber })), null],
  loopLagMs: [orNull(isNumber), null],
  changedSinceStable: [isTexts, []],
  files: [shapeOf({ diagnosticReport: orNone(isText), heapSnapshot: orNone(isText) }), {}],
};

function absentOf(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const unusable = Object.entries(OPTIONAL).filter(([name, [isRight]]) => !isRight(value[name]));
  return Object.fromEntries(unusable.map(([name, [, absent]]) => [name, absent]));
}

function orNull(check: Check): Check {
  return (value) => value === null || check(value);
}

function orNone(check: Check): Check {
  return (value) => value === undefined || check(value);
}

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

function shapeOf(shape: Readonly<Record<string, Check>>): Check {
  return (value) =>
    isRecord(value) && Object.entries(shape).every(([name, isRight]) => isRight(value[name]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
