const TOLD_BY_THE_CAUSE = 'ended by itself';

/** What of the evidence of an end says the most, for one line; null: nothing is known. */
export function chooseEvidence(evidence: readonly string[]): string | null {
  return evidence.find((text) => text !== TOLD_BY_THE_CAUSE) ?? evidence[0] ?? null;
}
