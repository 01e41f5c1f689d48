import type { Phase } from '../supervision/cause.ts';
import { classifyDeath, isExpected } from '../supervision/classify-death.ts';
import type { DeathEvidence } from '../supervision/death-evidence.ts';
import type { Death } from './child-events.ts';
import type { ExitFact } from './child-handle.ts';
import type { ChildWitness } from './child-ports.ts';

export interface DeathFacts {
  readonly generation: number;
  readonly pid: number | null;
  readonly wasReady: boolean;
  readonly fact: ExitFact;
  readonly asked: DeathEvidence['asked'];
  readonly ownKill: DeathEvidence['ownKill'];
  readonly witness: ChildWitness;
  readonly uptimeMs: number;
  readonly lastSignAgeMs: number | null;
}

/** Puts together all that is known of one end, and concludes its cause. */
export function createDeath(facts: DeathFacts): Death {
  const { generation, pid, fact, asked, ownKill, witness, uptimeMs } = facts;
  const phase = phaseOf(facts);
  const { code, signal, spawnError } = fact;
  const { cause, evidence } = classifyDeath({
    phase,
    code,
    signal,
    asked,
    ownKill,
    crashNote: witness.crashNote(),
    lastWords: witness.lastWords(),
    ...witness.circumstances(fact),
    lastSignAgeMs: facts.lastSignAgeMs,
    spawnError: spawnError?.message ?? null,
  });
  const expected = isExpected(cause);
  return {
    generation,
    pid,
    code,
    signal,
    phase,
    cause,
    evidence: [...evidence.slice(0, 1), ...witness.hangFacts(), ...evidence.slice(1)],
    expected,
    uptimeMs,
  };
}

function phaseOf({ asked, wasReady }: DeathFacts): Phase {
  if (asked !== null) return 'draining';
  return wasReady ? 'running' : 'starting';
}
