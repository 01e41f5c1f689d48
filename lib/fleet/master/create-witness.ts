import type { ChildWitness } from '../../process/child-ports.ts';
import { NO_CIRCUMSTANCES } from '../../supervision/death-evidence.ts';

/** What is seen of a server: what its connection tells, and what it writes. */
export function createWitness(
  seen: Pick<ChildWitness, 'isDebugged' | 'lastWords' | 'startTrouble'>,
): ChildWitness {
  return {
    ...seen,
    hangFacts: () => [],
    crashNote: () => null,
    circumstances: () => NO_CIRCUMSTANCES,
    isWritingDump: () => false,
  };
}
