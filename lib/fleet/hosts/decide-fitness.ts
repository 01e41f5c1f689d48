import type { PreflightFacts, PreflightOrder, TakenPort } from './agent-protocol.ts';

const LEAST_NODE = [20, 19] as const;
const LEAST_FREE_BYTES = 50 * 1024 * 1024;
const MOST_SKEW_MS = 60_000;

/**
 * Says what a host lacks to run servers, each in one clause; none: it can.
 *
 * @param skewMs - how far its clock is ahead of ours; null: not measured
 */
export function decideFitness(
  facts: PreflightFacts,
  { base, main }: PreflightOrder,
  skewMs: number | null,
): string[] {
  const problems = [
    describePlatform(facts.platform),
    describeNode(facts.node),
    describeSkew(skewMs),
    describeFiles(facts, { base, main }),
    describeDisk(facts.freeBytes, base),
    ...facts.takenPorts.map(describePort),
  ];
  return problems.filter((problem) => problem !== null);
}

/** Times of hosts would not fit together. */
export function describeSkew(skewMs: number | null): string | null {
  if (skewMs === null || Math.abs(skewMs) <= MOST_SKEW_MS) return null;
  const seconds = String(Math.round(Math.abs(skewMs) / 1000));
  return `its clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} that of the master`;
}

function describePlatform(platform: string): string | null {
  return platform === 'linux' ? null : `it runs ${platform}; servers are started on Linux only`;
}

function describeNode(node: string): string | null {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return null;
  return `its Node is ${node}; at least ${LEAST_NODE.join('.')} is needed`;
}

function describeFiles(
  { hasBase, hasMain }: PreflightFacts,
  { base, main }: { readonly base: string; readonly main: string },
): string | null {
  if (!hasBase) return `the directory ${base} is not there`;
  return hasMain ? null : `the file ${main} is not there`;
}

function describeDisk(freeBytes: number | null, base: string): string | null {
  if (freeBytes === null || freeBytes >= LEAST_FREE_BYTES) return null;
  return `${megabytes(freeBytes)} of disk are free for ${base}; at least ${megabytes(LEAST_FREE_BYTES)} are needed`;
}

function describePort({ port, owner }: TakenPort): string {
  return `port ${String(port)} is taken${owner === null ? '' : ` by ${owner}`}`;
}

function megabytes(bytes: number): string {
  return `${String(Math.round(bytes / 1024 / 1024))} MB`;
}
