import type { DeathEvidence } from '../../lib/supervision/death-evidence.ts';
import { describeEvidence } from '../../lib/supervision/describe-evidence.ts';

const MB = 1024 * 1024;
const NOTHING: DeathEvidence = {
  phase: 'running',
  code: null,
  signal: null,
  asked: null,
  ownKill: null,
  crashNote: null,
  lastWords: [],
  oomKillCounted: false,
  memoryGroupLimitBytes: null,
  memory: null,
  fatalReport: null,
  lastSignAgeMs: null,
  spawnError: null,
};
const HANG = { cause: 'hang', detail: 'no heartbeat' } as const;
const MEMORY = { rssBytes: 95 * MB, heapUsedBytes: 38 * MB, heapLimitBytes: 40 * MB };
const OF_MEMORY =
  'memory at its last heartbeat: 95 MB, of which heap 38 MB: 95 % of the 40 MB it may be';
const KILLED =
  'signal SIGKILL: no process can refuse it: a person, a container runtime or the kernel sent it';
const EVERYTHING: Partial<DeathEvidence> = {
  memory: MEMORY,
  lastSignAgeMs: 250,
  fatalReport: { trigger: 'FatalError', event: 'Empty MaybeLocal' },
};
const ALL_TOLD = [
  'diagnostic report: Empty MaybeLocal',
  'last sign of life 250 ms before its end',
  OF_MEMORY,
];

describe('describeEvidence', () => {
  it.each<[string, Partial<DeathEvidence>, string[]]>([
    ['nothing', {}, ['phase running']],
    ['its phase', { phase: 'draining' }, ['phase draining']],
    [
      'signal and code',
      { signal: 'SIGUSR2', code: 3 },
      ['signal SIGUSR2', 'exit code 3', 'phase running'],
    ],
    ['all there is', { code: 3, ...EVERYTHING }, ['exit code 3', 'phase running', ...ALL_TOLD]],
    [
      'nothing of what was asked for',
      { asked: 'manual', code: 0, ...EVERYTHING },
      ['exit code 0', 'phase running'],
    ],
    [
      'what was ended by the monitor, whose reason says how long nothing was heard',
      { ownKill: HANG, signal: 'SIGKILL', ...EVERYTHING },
      ['signal SIGKILL', 'phase running', ALL_TOLD[0] ?? '', OF_MEMORY],
    ],
    [
      'the same although it was asked to end',
      { asked: 'manual', ownKill: HANG, signal: 'SIGKILL', ...EVERYTHING },
      ['signal SIGKILL', 'phase running', ALL_TOLD[0] ?? '', OF_MEMORY],
    ],
    [
      'a heap whose limit is not known',
      { memory: { ...MEMORY, heapLimitBytes: null } },
      ['phase running', 'memory at its last heartbeat: 95 MB, of which heap 38 MB'],
    ],
    [
      'a heap that is hardly used',
      { memory: { ...MEMORY, heapLimitBytes: 38_000 * MB } },
      [
        'phase running',
        'memory at its last heartbeat: 95 MB, of which heap 38 MB: less than 1 % of the 38000 MB it may be',
      ],
    ],
  ])('tells of %s', (_what, evidence, sentences) => {
    expect(describeEvidence({ ...NOTHING, ...evidence })).toEqual(sentences);
  });

  it.each([
    [0, '0 ms'],
    [412.4, '412 ms'],
    [999, '999 ms'],
    [1000, '1.0 s'],
    [12_345, '12.3 s'],
    [99_990, '100.0 s'],
  ])('writes an age of %d ms as %s', (lastSignAgeMs, age) => {
    expect(describeEvidence({ ...NOTHING, lastSignAgeMs })).toEqual([
      'phase running',
      `last sign of life ${age} before its end`,
    ]);
  });
});

describe('what is told of the memory group', () => {
  const LIMIT = 'its memory group may hold 100 MB';
  const NEAR = `${LIMIT}, and it was near that; but the kernel counted no out-of-memory kill there`;
  const with100 = { memoryGroupLimitBytes: 100 * MB, signal: 'SIGKILL' };
  const memoryOf = (rss: number) => ({ memory: { ...MEMORY, rssBytes: rss * MB } });

  it.each<[string, Partial<DeathEvidence>, string | null]>([
    ['of a kill that was counted', { ...with100, oomKillCounted: true }, LIMIT],
    ['of memory near its limit', { ...with100, ...memoryOf(95) }, NEAR],
    ['of memory exactly as near as is near', { ...with100, ...memoryOf(90) }, NEAR],
    ['of memory not near it', { ...with100, ...memoryOf(89) }, null],
    ['where nothing is known of memory', with100, null],
    ['of another signal', { ...with100, ...memoryOf(95), signal: 'SIGTERM' }, null],
    ['of a kill of the monitor', { ...with100, ...memoryOf(95), ownKill: HANG }, null],
    ['of a group without a limit', { signal: 'SIGKILL', oomKillCounted: true }, null],
  ])('%s', (_what, evidence, sentence) => {
    const told = describeEvidence({ ...NOTHING, ...evidence });
    expect(told.filter((line) => line.includes('memory group'))).toEqual(
      sentence === null ? [] : [sentence],
    );
    if (evidence.signal === 'SIGKILL' && evidence.ownKill === undefined)
      expect(told[0]).toBe(KILLED);
  });
});
