import type { DecidedDeath, Foresight } from '../process/decide-next.ts';
import { delayRangeMs } from '../supervision/backoff.ts';
import { secondsText, waitText } from './seconds-text.ts';
import type { ResolvedSessionOptions } from './options.ts';

/** Why the policy has nothing started again after this death. */
export function explainPolicyEnd(
  { code }: Pick<DecidedDeath, 'code'>,
  { restart }: Pick<ResolvedSessionOptions, 'restart'>,
): string {
  if (code !== null && restart.stopOn.includes(code))
    return `exit ${String(code)} is in restart.stopOn`;
  if (restart.policy === 'temporary') return 'restart.policy is "temporary"';
  return `exit 0 under restart.policy "${restart.policy}"`;
}

/** What decides over restarts, in one line. */
export function describePolicy({
  restart,
}: {
  readonly restart: Pick<ResolvedSessionOptions['restart'], 'policy' | 'stopOn'>;
}): string {
  const { policy, stopOn } = restart;
  const more = stopOn.length - SHOWN_CODES;
  const codes = `${stopOn.slice(0, SHOWN_CODES).join(', ')}${more > 0 ? `, ${String(more)} more` : ''}`;
  const isTold = policy !== 'temporary' && stopOn.length > 0;
  return `${policy}: ${POLICIES[policy]}${isTold ? `; ends with exit ${codes}` : ''}`;
}

const SHOWN_CODES = 4;

const POLICIES = {
  permanent: 'a start after every end',
  transient: 'a start after every end but exit 0',
  temporary: 'never a second start',
} as const;

/** What a death that is foreseen would lead to: the end of a sentence that begins with it. */
export function describeForesight(
  { effects, verdict, why }: Foresight,
  options: Pick<ResolvedSessionOptions, 'restart'>,
): string {
  const { backoff, breaker } = options.restart;
  if (effects.includes('adoptSuccessor')) return 'the successor of the reload takes over';
  if (effects.includes('promoteSpare')) return 'the spare takes over at once';
  if (why === 'policy') return 'the session ends';
  if (why === 'gaveUp') return 'the breaker opens and the session ends';
  if (verdict?.kind === 'open')
    return `the breaker opens, one trial start every ${secondsText(breaker.cooldownMs)}`;
  if (verdict === null) return 'restart at once';
  return `restart ${waitText(verdict.delayMs, delayRangeMs(backoff, verdict.attempt))}`;
}
