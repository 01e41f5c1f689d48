import type { ResolvedSessionOptions } from '../options.ts';

/** The options that are set although this version does nothing with them yet. */
export function listMissingFeatures(options: ResolvedSessionOptions): string[] {
  const set: Readonly<Record<string, boolean>> = {
    telemetry: options.telemetry !== null,
  };
  return Object.keys(set).filter((key) => set[key] === true);
}
