import { JobsView } from '../../lib/dashboard/page/jobs/jobs-view.ts';
import { rateText, summarizeJobs } from '../../lib/dashboard/page/jobs/jobs-words.ts';
import type { JobsOverview } from '../../lib/jobs/gateway/jobs-overview.ts';
import { textOf } from './text-of.ts';

jest.mock(
  '../../lib/dashboard/page/ui.ts',
  () => jest.requireActual<typeof import('./text-of.ts')>('./text-of.ts').PLAIN_UI,
);

const FIGURES = { clients: 2, sessions: 3, open: 5, kept: 1, accepted: 100, ended: 95, refused: 0 };

function someJobs(given: Partial<JobsOverview> = {}): JobsOverview {
  const nothing = { queues: [], workers: null, clients: [] };
  const dead = { count: 0, isMore: false, last: [] };
  return { at: 10_000, broker: 'up', figures: FIGURES, ...nothing, dead, ...given };
}

describe('the page of jobs', () => {
  it('shows queues, workers with their jobs and clients', () => {
    const jobs = someJobs({
      queues: [{ name: 'resize', ready: 4, running: 1, consumers: null, dead: 2 }],
      workers: [{ worker: 'w1', pid: 4711, generation: 3, state: 'ready', jobs: ['c/1', 'c/2'] }],
      clients: [{ client: 'c', open: 5 }],
    });
    const text = textOf(JobsView({ jobs, before: null }));
    const rowOf = (name: string): string[] =>
      text.slice(text.indexOf(name), text.indexOf(name) + 5);
    expect(rowOf('resize')).toEqual(['resize', '4', '1', '–', '2']);
    expect(rowOf('w1')).toEqual(['w1', 'ready', '4711', '3', 'c/1, c/2']);
    expect(rowOf('c').slice(0, 2)).toEqual(['c', '5']);
  });

  it('shows what a handler has said as text, markup and all', () => {
    const evil = '<script>alert(1)</script>';
    const letter = {
      id: evil,
      name: evil,
      message: evil,
      code: 'rejected',
      attempts: 1,
      diedAt: 0,
    };
    const jobs = someJobs({ dead: { count: 1, isMore: false, last: [letter] } });
    const text = textOf(JobsView({ jobs, before: null }));
    expect(text.filter((line) => line.includes(evil))).toHaveLength(3);
  });

  it('says how quickly jobs come, from two looks', () => {
    const before = someJobs({ at: 8_000, figures: { ...FIGURES, accepted: 85 } });
    expect(rateText(someJobs(), before, 'accepted')).toBe('7.5/s (100)');
    expect(rateText(someJobs(), null, 'accepted')).toBe('100');
  });

  it('sums up, trouble first', () => {
    expect(summarizeJobs(someJobs({ broker: 'away' }))).toBe('Jobs: the broker is away');
    const dead = { count: 2, isMore: false, last: [] };
    expect(summarizeJobs(someJobs({ dead }))).toBe('Jobs: 5 open, 2 dead letters');
  });
});
