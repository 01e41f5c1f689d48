import { decideFates } from '../../../lib/jobs/pool/decide-fates.ts';
import type { JobFate } from '../../../lib/jobs/pool/worker-event.ts';

const fatesOf = (
  held: readonly { id: string; attempt?: number; isOverdue?: boolean }[],
  death: { expected?: boolean; culprits?: readonly string[] } = {},
): JobFate[] =>
  decideFates(
    held.map((job) => ({ attempt: 1, isOverdue: false, ...job })),
    {
      expected: death.expected ?? false,
      culprits: new Set(death.culprits ?? []),
      maxAttempts: 3,
    },
  ).map(({ fate }) => fate);

describe('decideFates', () => {
  const rows: [string, JobFate[], JobFate[]][] = [
    ['the only job of a process that died is to blame', fatesOf([{ id: 'a' }]), ['retried']],
    [
      'a job that has ended its last process is quarantined',
      fatesOf([{ id: 'a', attempt: 3 }]),
      ['quarantined'],
    ],
    [
      'of several jobs none is counted where it cannot be told which it was, whatever their attempts',
      fatesOf([{ id: 'a', attempt: 3 }, { id: 'b' }]),
      ['suspected', 'suspected'],
    ],
    [
      'a job whose code ended the process pays, and the others go back',
      fatesOf([{ id: 'a' }, { id: 'b' }, { id: 'c', attempt: 3 }], { culprits: ['b'] }),
      ['returned', 'retried', 'returned'],
    ],
    [
      'a culprit that was done already leaves the others in doubt',
      fatesOf([{ id: 'a' }, { id: 'b' }], { culprits: ['gone'] }),
      ['suspected', 'suspected'],
    ],
    [
      'all go back from a process that was wanted to end',
      fatesOf([{ id: 'a', attempt: 3 }, { id: 'b' }], { expected: true, culprits: ['a'] }),
      ['returned', 'returned'],
    ],
    [
      'a job that did not end when it was told to is ended, and the others go back',
      fatesOf([{ id: 'a', isOverdue: true }, { id: 'b' }], { expected: true }),
      ['ended', 'returned'],
    ],
    [
      'an overdue job does not hide who else was alone',
      fatesOf([{ id: 'a', isOverdue: true }, { id: 'b' }]),
      ['ended', 'retried'],
    ],
  ];
  it.each(rows)('%s', (_name, found, expected) => {
    expect(found).toEqual(expected);
  });
});
