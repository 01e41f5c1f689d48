import type { SessionExplanation } from '../../lib/session/monitor/explanation.ts';
import { formatExplanation } from '../../lib/session/monitor/explanation-text.ts';

const NOW = { delayMs: 0, delayRangeMs: null, attempt: 0, score: 1 } as const;

const RUNNING: SessionExplanation = {
  name: 'shop',
  state: 'running',
  slot: 'running',
  policy: { policy: 'permanent', stopOn: [125] },
  breaker: {
    state: 'closed',
    score: 0,
    threshold: 5,
    nextRetryAt: null,
    halfLifeMs: 60_000,
    cooldownMs: 300_000,
    onOpen: 'retry',
    attempt: 0,
    nextRetryInMs: null,
  },
  next: {
    failure: { decision: 'restart', ...NOW },
    exit0: { decision: 'restart', ...NOW },
  },
  worker: {
    pid: 4711,
    generation: 3,
    state: 'ready',
    uptimeMs: 12_345,
    heartbeatAgeMs: 444,
    rssBytes: 80 * 1024 * 1024,
  },
  deadlines: [{ name: 'silence', generation: 3, inMs: 9556 }],
  polling: { failures: 0, failureTolerance: 2, window: null },
  heartbeat: { silenceMs: 10_000 },
  memory: null,
  lastDeath: null,
  watch: { paths: 0, isReloadWaiting: false },
  standby: { isWanted: false, spare: null },
};

const DEAD: SessionExplanation['lastDeath'] = {
  cause: 'crash',
  code: 1,
  signal: null,
  at: '2026-01-01T00:00:00.000Z',
  reportId: '20260101-000000-000-abcdef',
  generation: 2,
  phase: 'running',
  agoMs: 2100,
  evidence: [`crash note: uncaughtException: Error: ${'x'.repeat(200)}`, 'exit code 1'],
};

const WAITING = { ...RUNNING.breaker, score: 5.6, attempt: 5, nextRetryInMs: 279_900 };
const NOBODY = { worker: null, next: null, lastDeath: DEAD };

const CASES: readonly (readonly [
  condition: string,
  facts: Partial<SessionExplanation>,
  answers: readonly RegExp[],
])[] = [
  ['while it runs stably', {}, [/^If server #3 dies now: restart at once\.\n\n/]],
  [
    'after failures',
    {
      next: {
        failure: {
          decision: 'restart',
          delayMs: 2000,
          delayRangeMs: [1600, 2400],
          attempt: 3,
          score: 4,
        },
        exit0: { decision: 'end', ...NOW, delayMs: null },
      },
    },
    [
      /^If server #3 dies now: restart in 2 s \(1\.6 to 2\.4 s\)\.\n/,
      /^on failure {2}score 4\.0; restart in 2 s/m,
      /^on exit 0 {3}the session ends$/m,
    ],
  ],
  [
    'with a spare',
    {
      next: {
        failure: { decision: 'promote', ...NOW },
        exit0: { decision: 'promote', ...NOW },
      },
      standby: { isWanted: true, spare: { pid: 1, generation: 4, ready: true } },
    },
    [/^If server #3 dies now: the spare takes over at once\.\n/, /^spare {7}#4 stands by$/m],
  ],
  [
    'during a reload',
    {
      slot: 'reloading',
      state: 'reloading',
      next: {
        failure: { decision: 'adoptSuccessor', ...NOW },
        exit0: { decision: 'adoptSuccessor', ...NOW },
      },
      watch: { paths: 1, isReloadWaiting: true },
    },
    [
      /^A reload is in progress\.\nIf server #3 dies now: its successor takes over\.\n/,
      /^watch {7}files have changed: a reload waits its turn$/m,
    ],
  ],
  [
    'while it starts for a trial',
    {
      slot: 'starting',
      state: 'starting',
      breaker: { ...RUNNING.breaker, state: 'halfOpen' },
      next: {
        failure: { decision: 'breakerOpens', ...NOW, delayMs: 300_000 },
        exit0: { decision: 'breakerOpens', ...NOW, delayMs: 300_000 },
      },
    },
    [
      /^Server #3 has been starting for a trial for 12\.3 s\.\n/,
      /^If server #3 dies now: the breaker opens, next start in 300 s\.$/m,
    ],
  ],
  [
    'while it backs off',
    {
      ...NOBODY,
      slot: 'backingOff',
      state: 'backingOff',
      breaker: { ...WAITING, nextRetryInMs: 640 },
    },
    [
      /^No server is running: server #2 died 2\.1 s ago \(crash\)\.\nThe next start comes in 0\.6 s;/,
      /^ {12}vigil crashes show 20260101-000000-000-abcdef$/m,
    ],
  ],
  [
    'while the breaker is open',
    { ...NOBODY, slot: 'broken', state: 'broken', breaker: { ...WAITING, state: 'open' } },
    [/^No server is running: the breaker is open.*\nThe next start comes in 280 s, for a trial;/],
  ],
  [
    'while it drains for a restart',
    {
      slot: 'restarting',
      state: 'starting',
      next: null,
      deadlines: [
        { name: 'drain', generation: 3, inMs: 29_000 },
        { name: 'spareStart', generation: null, inMs: 31_000 },
      ],
    },
    [
      /^The server is being replaced/,
      /^deadlines {3}in 29 s: the drain of #3 is over, or signals follow$/m,
      /^ {12}in 31 s: the start of the next spare$/m,
    ],
  ],
  ['at the end', { slot: 'stopping', state: 'stopping', next: null }, [/^The session is ending/]],
  [
    'with a limit of memory and a window of polls',
    {
      memory: { limitBytes: 512 * 1024 * 1024, samplesAbove: 1, samplesTolerated: 2 },
      polling: { failures: 1, failureTolerance: 2, window: { failures: 5, of: 10, counted: 3 } },
    },
    [
      /^memory {6}80 of 512 MB; 1 samples in a row above, 2 are tolerated$/m,
      /^polls {7}3 failed of the last 10; 5 are too many$/m,
    ],
  ],
];

describe('the text of vigil explain', () => {
  it.each(CASES)('answers first what follows, %s', (_condition, facts, answers) => {
    const text = formatExplanation({ ...RUNNING, ...facts });
    for (const answer of answers) expect(text).toMatch(answer);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
