import { randomBytes } from 'node:crypto';
import type { CrashReport, RequestInFlight, SourceFrame } from './crash-report.ts';
import type { DeathFacts, ReportContext } from './death-facts.ts';
import { fingerprint } from './fingerprint.ts';
import { createStackMapper } from './map-stack.ts';
import { linesAround } from './source-lines.ts';
import { projectFrames, projectPath } from './stack-frames.ts';
import { cutText, reportError } from './reported-error.ts';

/**
 * Makes the record of a death from what is known about it: masked, then cut to size. Nothing in the facts can make it throw.
 *
 * `occurrences` is 1; the store, which knows the earlier ones, sets it.
 */
export function buildCrashReport(facts: DeathFacts, context: ReportContext): CrashReport {
  const mapStack = createStackMapper(context.readSource);
  const toText = (text: string): string => context.mask(mapStack(text));
  const error = reportError(facts.error, { mask: context.mask, toText });
  const raw = rawStack(facts);
  const stack = raw === null ? null : mapStack(raw);
  return {
    ...describeProcess(facts),
    id: context.id ?? createReportId(facts.at),
    evidence: maskLines(facts.evidence.slice(0, MAX_EVIDENCE), context),
    error,
    sourceFrame: stack === null ? null : findSourceFrame(stack, context),
    fingerprint: fingerprint({
      cause: facts.cause,
      errorName: error?.name ?? null,
      stack,
      ...context,
    }),
    hangStack: cutStack(facts.hangStack ?? null, toText),
    outputTail: maskLines(facts.outputTail.slice(-MAX_TAIL_LINES), context),
    ...describeRequests(facts, context),
    changedSinceStable: maskLines(facts.changedSinceStable?.slice(0, MAX_CHANGES) ?? [], context),
  };
}

/** An id that sorts by time: `20260131-235959-123-4f0c2a`. */
export function createReportId(at: string): string {
  const [date = '', time = ''] = at.split('T');
  const digits = [
    date.replaceAll('-', ''),
    time.slice(0, 8).replaceAll(':', ''),
    time.slice(9, 12),
  ];
  return `${digits.join('-')}-${randomBytes(3).toString('hex')}`;
}

const MAX_EVIDENCE = 50;
const MAX_TAIL_LINES = 200;
const MAX_LINE_LENGTH = 2000;
const MAX_STACK_LENGTH = 16_000;
const MAX_REQUESTS = 100;
const MAX_CHANGES = 200;

type ProcessFields = Omit<
  CrashReport,
  | 'id'
  | 'evidence'
  | 'error'
  | 'sourceFrame'
  | 'fingerprint'
  | 'hangStack'
  | 'outputTail'
  | 'requestsInFlight'
  | 'moreRequests'
  | 'changedSinceStable'
>;

function describeProcess(facts: DeathFacts): ProcessFields {
  return {
    at: facts.at,
    cause: facts.cause,
    phase: facts.phase,
    occurrences: 1,
    generation: facts.generation,
    pid: facts.pid,
    code: facts.code,
    signal: facts.signal,
    uptimeMs: facts.uptimeMs,
    restarts: facts.restarts,
    nextAction: facts.nextAction,
    suspect: facts.suspect ?? null,
    quarantined: null,
    memory: facts.memory,
    loopLagMs: facts.loopLagMs,
    environment: facts.environment,
    files: facts.files ?? {},
  };
}

function findSourceFrame(stack: string, context: ReportContext): SourceFrame | null {
  const frame = projectFrames(stack, context.projectDirectory)[0];
  if (frame === undefined) return null;
  const source = context.readSource(frame.file);
  const lines = source === null ? [] : linesAround(source, frame);
  return {
    file: projectPath(frame.file, context.projectDirectory),
    line: frame.line,
    column: frame.column,
    function: frame.function,
    lines: lines.map(({ line, text }) => ({ line, text: context.mask(text) })),
  };
}

function maskLines(lines: readonly string[], context: ReportContext): string[] {
  return lines.map((line) => cutText(context.mask(line), MAX_LINE_LENGTH));
}

// Frames are looked for in the raw stack: masking may have broken a path.
function rawStack(facts: DeathFacts): string | null {
  const stack = facts.error?.stack;
  return typeof stack === 'string' ? stack : (facts.hangStack ?? null);
}

function cutStack(stack: string | null, toText: (text: string) => string): string | null {
  return stack === null ? null : cutText(toText(stack), MAX_STACK_LENGTH);
}

function describeRequests(
  { requestsInFlight = [], moreRequests = 0 }: DeathFacts,
  context: ReportContext,
): Pick<CrashReport, 'requestsInFlight' | 'moreRequests'> {
  const listed = chooseRequests(requestsInFlight);
  return {
    requestsInFlight: listed.map((request) => ({
      ...request,
      path: maskRequestPath(request.path, context),
    })),
    moreRequests: moreRequests + requestsInFlight.length - listed.length,
  };
}

/** The oldest, but never without those that were running. */
function chooseRequests(requests: readonly RequestInFlight[]): readonly RequestInFlight[] {
  const running = requests.filter((request) => request.running === true);
  let room = Math.max(MAX_REQUESTS - running.length, 0);
  return requests
    .filter((request) => request.running === true || room-- > 0)
    .slice(0, MAX_REQUESTS);
}

function maskRequestPath(path: string, context: ReportContext): string {
  return cutText(context.mask(path.split(/[?#]/, 1)[0] ?? ''), MAX_LINE_LENGTH);
}
