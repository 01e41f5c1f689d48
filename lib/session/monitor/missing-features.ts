import type { ResolvedSessionOptions } from '../options.ts';

const PLANNED = ['standby', 'quarantine', 'telemetry', 'webhook', 'watch'] as const;

/** The options that are set although this version does nothing with them yet. */
export function listMissingFeatures(options: ResolvedSessionOptions): string[] {
  return PLANNED.filter((key) => {
    const value = options[key];
    return value !== false && value !== null && !(Array.isArray(value) && value.length === 0);
  });
}
