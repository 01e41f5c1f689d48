import { type BackoffOptions, nextDelayMs } from './backoff.ts';

export interface BreakerOptions {
  /** The breaker opens when the score after a failure is above this. */
  readonly failures: number;
  readonly halfLifeMs: number;
  /** The wait between two trial starts while the breaker is open. */
  readonly cooldownMs: number;
}

/** Every failure adds 1 to the score, and time halves it. */
export interface Breaker {
  readonly state: 'closed' | 'open' | 'halfOpen';
  /** As of `scoredAt`; read it through {@link scoreAt}. */
  readonly score: number;
  readonly scoredAt: number;
  /** Restarts since the last stable run. */
  readonly attempt: number;
}

export type FailureVerdict =
  | { readonly kind: 'retry'; readonly delayMs: number; readonly attempt: number }
  | { readonly kind: 'open'; readonly delayMs: number; readonly attempt: number };

/** Below this score a server counts as having run stably before it failed. */
export const STABLE_SCORE = 0.5;

export const NEW_BREAKER: Breaker = { state: 'closed', score: 0, scoredAt: 0, attempt: 0 };

/** The score at the time `now` (monotonic, milliseconds). */
export function scoreAt(breaker: Breaker, halfLifeMs: number, now: number): number {
  const elapsed = Math.max(now - breaker.scoredAt, 0);
  return breaker.score * 0.5 ** (elapsed / halfLifeMs);
}

export interface FailureContext {
  readonly now: number;
  readonly random: number;
  readonly breaker: BreakerOptions;
  readonly backoff: BackoffOptions;
}

/**
 * Counts one unexpected death and says when the next start may come.
 *
 * @see suture's failure decay and threshold, from which the decaying score is taken
 */
export function recordFailure(
  breaker: Breaker,
  context: FailureContext,
): { readonly breaker: Breaker; readonly verdict: FailureVerdict } {
  const { now, random, backoff } = context;
  const before = scoreAt(breaker, context.breaker.halfLifeMs, now);
  const attempt = before < STABLE_SCORE ? 0 : breaker.attempt + 1;
  const score = before + 1;
  const counted = { score, scoredAt: now, attempt };
  if (breaker.state === 'halfOpen' || score > context.breaker.failures) {
    return {
      breaker: { ...counted, state: 'open' },
      verdict: { kind: 'open', delayMs: context.breaker.cooldownMs, attempt },
    };
  }
  return {
    breaker: { ...counted, state: breaker.state },
    verdict: { kind: 'retry', delayMs: nextDelayMs(backoff, attempt, random), attempt },
  };
}

/** A trial start begins: its outcome decides whether the breaker closes. */
export function beginTrial(breaker: Breaker): Breaker {
  return breaker.state === 'open' ? { ...breaker, state: 'halfOpen' } : breaker;
}

/** The server became ready: the breaker closes, and keeps its decaying score. */
export function recordReady(breaker: Breaker): Breaker {
  return breaker.state === 'closed' ? breaker : { ...breaker, state: 'closed' };
}
