import type { SeenState, SessionFigures, SessionSummary } from '../../session-summary.ts';
import { plural, roughDuration, STATE_WORDS, type Tone } from '../wording.ts';

type Words = Readonly<{ tone: Tone; text: string }>;

const ABSENT: Readonly<Record<'ended' | 'gone' | 'silent', Words>> = {
  ended: { tone: 'none', text: 'is not running' },
  gone: { tone: 'bad', text: 'is gone: its monitor was killed' },
  silent: { tone: 'bad', text: 'does not answer' },
};

export function describeState(state: SeenState): Words {
  return state in ABSENT ? ABSENT[state as keyof typeof ABSENT] : STATE_WORDS[state as Running];
}

type Running = Exclude<SeenState, keyof typeof ABSENT>;

/** Whether nobody has to look at it. */
export function isWell({ state }: SessionSummary): boolean {
  const { tone } = describeState(state);
  return tone !== 'bad' && tone !== 'warn';
}

export function describeDeath({ lastDeath }: SessionFigures, now: number): string {
  if (lastDeath === null) return 'none';
  return `${lastDeath.cause}, ${roughDuration(now - Date.parse(lastDeath.at))} ago`;
}

/** Of mail or webhook. */
export function describeAlerts({
  configured,
  lastAcceptedAt,
  spooled,
}: SessionFigures['mail']): Words {
  if (!configured) return { tone: 'none', text: 'not configured' };
  if (spooled > 0) return { tone: 'warn', text: `${plural(spooled, 'message')} waiting` };
  return lastAcceptedAt === null
    ? { tone: 'none', text: 'nothing sent yet' }
    : { tone: 'good', text: 'last one accepted' };
}
