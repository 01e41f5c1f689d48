import { createTokenGate, type TokenGate } from '../http/token-gate.ts';
import type { Clock } from '../util/clock.ts';
import type { ResolvedSpawnerOptions } from './resolve-spawner-options.ts';

export type GateOptions = Pick<
  ResolvedSpawnerOptions,
  'host' | 'publicHostname' | 'token' | 'allowedOrigins'
>;

/** Who is let in to a spawner, and which pages may read what it answers. */
export type SpawnerGate = TokenGate;

export function createSpawnerGate(options: GateOptions, clock: Clock): SpawnerGate {
  return createTokenGate({
    ...options,
    clock,
    realm: 'vigil spawner',
    describe: (reason) => ({ status: 'failed', reason }),
  });
}
