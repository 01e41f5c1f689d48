import type { Death } from '../process/child-events.ts';
import { describeCode, describeSignal, signalOfCode } from '../supervision/exit-meaning.ts';
import type { ResolvedSpawnerOptions } from './resolve-spawner-options.ts';
import type { SpawnEnd } from './spawn-event.ts';

/**
 * How a server ended, with what its exit code means.
 *
 * @param reason - why it was to end; null when nobody wanted that
 */
export function describeEnd(
  death: Death,
  reason: string | null,
  exitCodes: ResolvedSpawnerOptions['exitCodes'],
): SpawnEnd {
  const { code, signal, cause, evidence, uptimeMs } = death;
  const meaning = code === null ? null : (exitCodes[String(code)] ?? null);
  return {
    code,
    signal,
    meaning,
    cause,
    // What Node means by a code is not what such a program means.
    evidence: evidence.map((line) =>
      code !== null && line.startsWith('exit code ') ? describeExit(code, meaning) : line,
    ),
    endedBecause: reason ?? describeOwnEnd(death, meaning),
    uptimeMs: Math.round(uptimeMs),
  };
}

function describeOwnEnd({ code, signal, cause, evidence }: Death, meaning: string | null): string {
  if (cause === 'start-timeout') return evidence[0]?.replace('ended by the monitor: ', '') ?? cause;
  if (signal !== null) return describeSignal(signal, false);
  if (code === null) return evidence[0] ?? cause;
  return describeExit(code, meaning);
}

function describeExit(code: number, meaning: string | null): string {
  const plain = `exit code ${String(code)}`;
  if (meaning !== null) return `${plain}: ${meaning}`;
  return signalOfCode(code) === null ? plain : describeCode(code);
}
