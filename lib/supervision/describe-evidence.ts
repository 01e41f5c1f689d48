import type { DeathEvidence, MemoryEvidence } from './death-evidence.ts';
import { describeCode, describeSignal } from './exit-meaning.ts';

/** From this part of a limit on, a process is told to have been near it. */
const NEAR = 0.9;

/** What is known of a death beside what its cause was concluded from: one sentence each, the plainest first. */
export function describeEvidence(evidence: DeathEvidence): string[] {
  const { signal, code, phase, asked, ownKill } = evidence;
  const isOurs = asked !== null || ownKill !== null;
  return [
    ...(signal === null ? [] : [describeSignal(signal, isOurs)]),
    ...(code === null ? [] : [describeCode(code)]),
    `phase ${phase}`,
    ...(isOurs && ownKill === null ? [] : describeLastSigns(evidence)),
  ];
}

function describeLastSigns(evidence: DeathEvidence): string[] {
  const { memory, fatalReport, lastSignAgeMs, ownKill } = evidence;
  return [
    ...(fatalReport === null ? [] : [`diagnostic report: ${fatalReport.event}`]),
    ...(lastSignAgeMs === null || ownKill !== null
      ? []
      : [`last sign of life ${describeAge(lastSignAgeMs)} before its end`]),
    ...(memory === null ? [] : [describeMemory(memory)]),
    ...describeGroup(evidence),
  ];
}

function describeMemory({ rssBytes, heapUsedBytes, heapLimitBytes }: MemoryEvidence): string {
  const all = `memory at its last heartbeat: ${megabytes(rssBytes)}`;
  if (heapLimitBytes === null) return `${all}, of which heap ${megabytes(heapUsedBytes)}`;
  const part = Math.round((100 * heapUsedBytes) / heapLimitBytes);
  const share = part === 0 ? 'less than 1' : String(part);
  return `${all}, of which heap ${megabytes(heapUsedBytes)}: ${share} % of the ${megabytes(heapLimitBytes)} it may be`;
}

/** Somebody who reads of a SIGKILL asks first whether memory was short. */
function describeGroup(evidence: DeathEvidence): string[] {
  const { signal, ownKill, oomKillCounted, memoryGroupLimitBytes, memory } = evidence;
  if (signal !== 'SIGKILL' || ownKill !== null || memoryGroupLimitBytes === null) return [];
  const limit = `its memory group may hold ${megabytes(memoryGroupLimitBytes)}`;
  if (oomKillCounted) return [limit];
  if (memory === null || memory.rssBytes < NEAR * memoryGroupLimitBytes) return [];
  return [`${limit}, and it was near that; but the kernel counted no out-of-memory kill there`];
}

function describeAge(ms: number): string {
  return ms < 1000 ? `${String(Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function megabytes(bytes: number): string {
  return `${String(Math.round(bytes / 1024 / 1024))} MB`;
}
