import type { StrandedServers } from '../hosts/fleet-hosts.ts';

/** What is left of a fleet that was stopped while a host did not answer; null: nothing. */
export function describeStranded(stranded: readonly StrandedServers[]): string | null {
  if (stranded.length === 0) return null;
  const parts = stranded.map(
    ({ host, ids }) => `host ${host} does not answer: ${ids.join(', ')} may still run there`,
  );
  return `${parts.join('; ')}; the next start finds what runs`;
}
