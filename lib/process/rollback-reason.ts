import type { Death } from './child-events.ts';

/** Says why a reload was rolled back: how the process ended that was to take over. */
export function describeRollback(death: Death | null): string {
  if (death === null) return 'the new process did not start';
  const how = death.signal ?? (death.code === null ? 'unknown' : `code ${String(death.code)}`);
  return `the new process ended (${death.cause}, ${how}): ${death.evidence[0] ?? ''}`;
}
