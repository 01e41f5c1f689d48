import { resolve, sep } from 'node:path';

/** One call on the stack of the main thread. */
export interface SampledFrame {
  /** Empty when it has no name. */
  readonly function: string;
  /** The same for every place within one function. */
  readonly functionId: string;
  readonly scriptId: string;
  /** A path, or a location such as `node:internal/timers`. */
  readonly place: string;
  readonly line: number;
  readonly column: number;
}

const VIGIL_DIRECTORY = resolve(__dirname, '../../..') + sep;

/** Whether the call is neither Node's own nor ours. */
export function isServerFrame({ place }: SampledFrame): boolean {
  const isBuiltIn = place.startsWith('node:') || place === '<anonymous>';
  return !isBuiltIn && !place.startsWith(VIGIL_DIRECTORY);
}

/**
 * The stack that samples of a stuck loop agree upon, as text: what they have all been in is what does
 * not end, and what it called at a given moment is chance.
 *
 * @param samples - each innermost first, the latest last; at least one
 */
export function formatCommonStack(samples: readonly (readonly SampledFrame[])[]): string {
  return commonFrames(samples).map(formatFrame).join('\n');
}

function commonFrames(samples: readonly (readonly SampledFrame[])[]): readonly SampledFrame[] {
  const latest = samples.at(-1) ?? [];
  let depth = latest.length;
  for (const sample of samples) depth = Math.min(depth, commonDepth(sample, latest));
  const common = latest.slice(latest.length - depth);
  // Many short calls, one after the other, have nothing in common but Node itself.
  return common.some(isServerFrame) ? common : latest;
}

function commonDepth(one: readonly SampledFrame[], other: readonly SampledFrame[]): number {
  let depth = 0;
  while (depth < one.length && depth < other.length) {
    if (one.at(-1 - depth)?.functionId !== other.at(-1 - depth)?.functionId) break;
    depth += 1;
  }
  return depth;
}

function formatFrame({ function: name, place, line, column }: SampledFrame): string {
  const where = `${place}:${String(line)}:${String(column)}`;
  return name === '' ? `    at ${where}` : `    at ${name} (${where})`;
}
