import type { JobsOverview } from '../../../jobs/gateway/jobs-overview.ts';
import { plural, type Tone } from '../wording.ts';

type Words = Readonly<{ tone: Tone; text: string }>;

const BROKER: Readonly<Record<JobsOverview['broker'], Words>> = {
  connecting: { tone: 'busy', text: 'being reached' },
  up: { tone: 'good', text: 'up' },
  blocked: { tone: 'warn', text: 'takes nothing new' },
  away: { tone: 'bad', text: 'away' },
  closed: { tone: 'none', text: 'closed' },
};

export function describeBroker(state: JobsOverview['broker']): Words {
  return BROKER[state];
}

const WORKER_TONES: Readonly<Partial<Record<string, Tone>>> = { ready: 'good', hung: 'bad' };

/** @param state - of the process of a worker */
export function describeWorker(state: string): Words {
  return { tone: WORKER_TONES[state] ?? 'busy', text: state };
}

/** How often within a second, and how often in all. */
export function rateText(
  now: JobsOverview,
  before: JobsOverview | null,
  figure: 'accepted' | 'ended',
): string {
  const total = now.figures[figure];
  const seconds = before === null ? 0 : (now.at - before.at) / 1000;
  if (before === null || seconds <= 0) return String(total);
  const rate = Math.max(0, total - before.figures[figure]) / seconds;
  return `${rate < 10 ? String(Math.round(rate * 10) / 10) : String(Math.round(rate))}/s (${String(total)})`;
}

export function countDead({ dead }: JobsOverview): string {
  if (dead.count === null) return 'unknown';
  return dead.isMore ? `${String(dead.count)} or more` : String(dead.count);
}

/** How all of it is, in a few words. */
export function summarizeJobs({ broker, figures, dead }: JobsOverview): string {
  if (broker === 'away') return 'Jobs: the broker is away';
  const open = `Jobs: ${String(figures.open)} open`;
  return dead.count === null || dead.count === 0
    ? open
    : `${open}, ${plural(dead.count, 'dead letter')}`;
}
