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
  return { ...ABSENT, ...value } as unknown as CrashReport;
}

const REQUIRED: readonly (readonly [name: string, isRight: (value: unknown) => boolean])[] = [
  ['id', isText],
  ['at', isText],
  ['fingerprint', isText],
  ['cause', (value) => CAUSES.includes(value as Cause)],
  ['occurrences', Number.isSafeInteger],
  ['generation', Number.isSafeInteger],
  ['restarts', Number.isSafeInteger],
  ['nextAction', isRecord],
  ['environment', isRecord],
  ['evidence', Array.isArray],
  ['outputTail', Array.isArray],
  [
    'error',
    (value) =>
      value === null ||
      (isRecord(value) && isText(value['name']) && Array.isArray(value['causeChain'])),
  ],
];

// What a report written by an older version may lack.
const ABSENT = {
  phase: 'running',
  sourceFrame: null,
  pid: null,
  code: null,
  signal: null,
  uptimeMs: null,
  requestsInFlight: [],
  moreRequests: 0,
  suspect: null,
  quarantined: null,
  hangStack: null,
  memory: null,
  loopLagMs: null,
  changedSinceStable: [],
  files: {},
} satisfies Partial<CrashReport>;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
