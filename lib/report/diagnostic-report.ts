import { maskDeep } from './mask-secrets.ts';

export interface CleanReport {
  readonly text: string;
  /** What it tells of the end, in sentences. */
  readonly evidence: readonly string[];
}

const NOT_KEPT = '[value not kept]';
const FRAMES_TOLD = 5;
/** Node's own have ten. */
const MOST_LEVELS = 50;

/**
 * Reads a diagnostic report of Node and makes it fit to be kept: of the environment only the names, and
 * the rest without secrets.
 *
 * @returns null when the text is no such report
 */
export function scrubDiagnosticReport(
  text: string,
  mask: (text: string) => string,
): CleanReport | null {
  const report = parse(text);
  if (report === null) return null;
  const clean = maskDeep(withoutValues(report), mask);
  return { text: `${JSON.stringify(clean, null, 1)}\n`, evidence: describe(report) };
}

/** The threads of the process have reports of their own inside, each with the environment. */
function withoutValues(report: Fields): Fields {
  const { environmentVariables, workers, ...rest } = report;
  const names = isRecord(environmentVariables) ? Object.keys(environmentVariables) : [];
  return {
    ...rest,
    ...(Array.isArray(workers)
      ? { workers: workers.filter(isRecord).map((worker) => withoutValues(worker)) }
      : {}),
    environmentVariables: Object.fromEntries(names.map((name) => [name, NOT_KEPT])),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function describe(report: Fields): string[] {
  const heap = isRecord(report['javascriptHeap']) ? report['javascriptHeap'] : {};
  const { usedMemory, memoryLimit } = heap;
  const stack = isRecord(report['javascriptStack']) ? report['javascriptStack'] : {};
  return [
    ...(typeof usedMemory === 'number' && typeof memoryLimit === 'number'
      ? [
          `diagnostic report: ${megabytes(usedMemory)} of heap in use at the end, at most ${megabytes(memoryLimit)} allowed`,
        ]
      : []),
    ...describeStack(stack['stack']),
  ];
}

// At heap exhaustion V8 cannot tell one any more; at other fatal errors it can.
function describeStack(stack: unknown): string[] {
  if (!Array.isArray(stack)) return [];
  const frames = stack.filter(
    (line): line is string => typeof line === 'string' && line.startsWith('at '),
  );
  const told = frames.slice(0, FRAMES_TOLD).join(', ');
  return told === '' ? [] : [`diagnostic report: at that moment JavaScript was ${told}`];
}

function megabytes(bytes: number): string {
  return `${String(Math.round(bytes / 1024 / 1024))} MB`;
}

function parse(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && isRecord(value['header']) && !isDeep(value) ? value : null;
  } catch {
    return null;
  }
}

/** What is said of any depth could not be read to its end. */
function isDeep(value: unknown, level = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return level > MOST_LEVELS || Object.values(value).some((inner) => isDeep(inner, level + 1));
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
