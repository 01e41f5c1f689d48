import fc from 'fast-check';
import { CAUSES } from '../../lib/supervision/cause.ts';
import { classifyDeath, isExpected } from '../../lib/supervision/classify-death.ts';
import {
  type CrashNote,
  type DeathEvidence,
  NO_CIRCUMSTANCES,
} from '../../lib/supervision/death-evidence.ts';

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

const NOTE: CrashNote = {
  origin: 'uncaughtException',
  handled: false,
  atTopLevel: false,
  summary: 'Error: boom',
};
const HEAP = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';
const MB = 1024 * 1024;
const memory = (
  rss: number,
  heap: number,
  limit: number,
): NonNullable<DeathEvidence['memory']> => ({
  rssBytes: rss * MB,
  heapUsedBytes: heap * MB,
  heapLimitBytes: limit * MB,
});
const HANG = { cause: 'hang', detail: 'no heartbeat for 10000 ms' } as const;

describe('classifyDeath', () => {
  it.each<[string, string, Partial<DeathEvidence>]>([
    [
      'session-end',
      'asked, whatever else',
      { asked: 'session-end', ownKill: HANG, crashNote: NOTE, code: 1, lastWords: [HEAP] },
    ],
    ['manual', 'asked, before ready', { asked: 'manual', phase: 'starting', signal: 'SIGKILL' }],
    ['reload', 'asked, clean exit', { asked: 'reload', code: 0, phase: 'draining' }],
    ['memory-limit', 'asked', { asked: 'memory-limit', code: 0 }],
    [
      'hang',
      'our kill, before heap and note',
      { ownKill: HANG, signal: 'SIGKILL', lastWords: [HEAP], crashNote: NOTE },
    ],
    [
      'health',
      'our kill, with a crash note',
      { ownKill: { cause: 'health', detail: '3 polls' }, code: 1, crashNote: NOTE },
    ],
    [
      'start-timeout',
      'our kill while starting',
      { ownKill: { cause: 'start-timeout', detail: '60 s' }, phase: 'starting', signal: 'SIGKILL' },
    ],
    [
      'oom-heap',
      'V8 said so, before a note',
      { lastWords: ['x', HEAP], signal: 'SIGABRT', crashNote: NOTE },
    ],
    [
      'oom-heap',
      'V8 said so in other words',
      { lastWords: ['FATAL ERROR: invalid table size Allocation failed'], code: 134 },
    ],
    [
      'oom-heap',
      'its diagnostic report says so, and nobody has read its last words',
      { signal: 'SIGABRT', fatalReport: { trigger: 'OOMError', event: 'Allocation failed' } },
    ],
    [
      'signal',
      'another fatal error of Node',
      { signal: 'SIGABRT', fatalReport: { trigger: 'FatalError', event: 'Empty MaybeLocal' } },
    ],
    ['exit', 'a child of the server has said it, not the server', { lastWords: [HEAP], code: 1 }],
    ['clean-exit', 'a child of the server has said it', { lastWords: [HEAP], code: 0 }],
    ['oom-killer', 'its code is that of a SIGKILL', { code: 137, oomKillCounted: true }],
    ['exit', 'the code of a SIGKILL, and the kernel counted none', { code: 137 }],
    [
      'oom-killer',
      'SIGKILL and the kernel counted one',
      { signal: 'SIGKILL', oomKillCounted: true },
    ],
    [
      'signal',
      'another signal although the kernel counted one',
      { signal: 'SIGTERM', oomKillCounted: true },
    ],
    ['crash', 'note of an exception', { crashNote: NOTE, code: 1 }],
    ['crash', 'note of an exception before ready', { crashNote: NOTE, code: 1, phase: 'starting' }],
    ['crash', 'note, and then a signal during its ending', { crashNote: NOTE, signal: 'SIGSEGV' }],
    [
      'rejection',
      'note of a rejection',
      { crashNote: { ...NOTE, origin: 'unhandledRejection' }, code: 1 },
    ],
    [
      'rejection',
      'note of a rejection before ready',
      { crashNote: { ...NOTE, origin: 'unhandledRejection' }, code: 1, phase: 'starting' },
    ],
    [
      'crash',
      'rejection at the top level of a module',
      { crashNote: { ...NOTE, origin: 'unhandledRejection', atTopLevel: true }, code: 1 },
    ],
    ['clean-exit', 'a note, and exit code 0: it recovered', { crashNote: NOTE, code: 0 }],
    [
      'crash',
      'a note the server handled by exiting',
      { crashNote: { ...NOTE, handled: true }, code: 1 },
    ],
    [
      'signal',
      'killed from outside after it had handled an error',
      { crashNote: { ...NOTE, handled: true }, signal: 'SIGKILL' },
    ],
    ['start-failed', 'could not be spawned', { spawnError: 'spawn ENOMEM', phase: 'starting' }],
    ['signal', 'killed from outside', { signal: 'SIGKILL' }],
    ['signal', 'killed from outside before ready', { signal: 'SIGKILL', phase: 'starting' }],
    ['clean-exit', 'code 0', { code: 0 }],
    ['clean-exit', 'code 0 before ready', { code: 0, phase: 'starting' }],
    ['exit', 'another code', { code: 3 }],
    ['exit', 'another code before ready', { code: 3, phase: 'starting' }],
    ['start-failed', 'nothing known, before ready', { phase: 'starting' }],
    ['exit', 'nothing known, later', {}],
  ])('%s: %s', (cause, _what, evidence) => {
    expect(classifyDeath({ ...NOTHING, ...evidence }).cause).toBe(cause);
  });

  it('claims nothing of a process that nobody has watched from outside', () => {
    expect(NOTHING).toMatchObject(NO_CIRCUMSTANCES);
    expect(classifyDeath({ ...NOTHING, ...NO_CIRCUMSTANCES, signal: 'SIGKILL' }).cause).toBe(
      'signal',
    );
  });

  it('tells in words what the cause was concluded from, and the plain facts', () => {
    expect(classifyDeath({ ...NOTHING, crashNote: NOTE, code: 1 }).evidence).toEqual([
      'crash note: uncaughtException: Error: boom',
      'exit code 1',
      'phase running',
    ]);
    expect(classifyDeath({ ...NOTHING, ownKill: HANG, signal: 'SIGKILL' }).evidence).toEqual([
      'ended by the monitor: no heartbeat for 10000 ms',
      'signal SIGKILL',
      'phase running',
    ]);
    expect(classifyDeath({ ...NOTHING, lastWords: ['a', HEAP, 'b'], code: 134 }).evidence[0]).toBe(
      HEAP,
    );
    const fatalReport = { trigger: 'OOMError', event: 'Allocation failed' };
    expect(classifyDeath({ ...NOTHING, fatalReport, code: 1 }).evidence[0]).toBe(
      'V8 gave up: Allocation failed',
    );
    expect(classifyDeath({ ...NOTHING, spawnError: 'EAGAIN' }).evidence[0]).toBe(
      'could not be started: EAGAIN',
    );
    expect(classifyDeath({ ...NOTHING, asked: 'reload', code: 0 }).evidence[0]).toBe(
      'asked to end: reload',
    );
    expect(classifyDeath(NOTHING).evidence).toEqual([
      'nothing is known of its end',
      'phase running',
    ]);
    expect(
      classifyDeath({ ...NOTHING, signal: 'SIGKILL', oomKillCounted: true }).evidence[0],
    ).toMatch(/out-of-memory/);
    expect(classifyDeath({ ...NOTHING, signal: 'SIGTERM' }).evidence[0]).toMatch(/from outside/);
    expect(classifyDeath({ ...NOTHING, signal: 'SIGBUS' }).evidence[0]).toMatch(/native code/);
    expect(classifyDeath({ ...NOTHING, code: 0 }).evidence[0]).toBe('ended by itself');
    expect(classifyDeath({ ...NOTHING, code: 2 }).evidence[0]).toBe('ended by itself');
  });

  it.each<[string, Partial<DeathEvidence>, string]>([
    ['an exit code that Node has given a meaning', { code: 13 }, 'top level of its module'],
    ['the code of a shell for a signal', { code: 139 }, 'exit code 139: the code of a program'],
    ['a signal', { signal: 'SIGSEGV' }, 'signal SIGSEGV: memory that is not its own was touched'],
    [
      'how long nothing was heard of it',
      { signal: 'SIGKILL', lastSignAgeMs: 412.4 },
      'last sign of life 412 ms before its end',
    ],
    [
      'how near its heap was to the limit',
      { code: 1, memory: memory(90, 38, 40) },
      'memory at its last heartbeat: 90 MB, of which heap 38 MB: 95 % of the 40 MB it may be',
    ],
    [
      'how little of it is used without calling it nothing',
      { code: 1, memory: memory(60, 6, 4144) },
      'of which heap 6 MB: less than 1 % of the 4144 MB it may be',
    ],
    [
      'its memory where the limit of the heap is not known',
      { code: 1, memory: { ...memory(90, 38, 0), heapLimitBytes: null } },
      'memory at its last heartbeat: 90 MB, of which heap 38 MB',
    ],
    [
      'what the memory group may hold, of an out-of-memory kill',
      { signal: 'SIGKILL', oomKillCounted: true, memoryGroupLimitBytes: 512 * MB },
      'its memory group may hold 512 MB',
    ],
    [
      'that memory was short, although the kernel has counted nothing',
      { signal: 'SIGKILL', memoryGroupLimitBytes: 100 * MB, memory: memory(95, 10, 2000) },
      'its memory group may hold 100 MB, and it was near that; but the kernel counted no',
    ],
    [
      'a sign of life that is seconds old',
      { lastSignAgeMs: 12_345 },
      'last sign of life 12.3 s before',
    ],
    ['a sign of life that is fresh', { lastSignAgeMs: 340 }, 'last sign of life 340 ms before'],
    [
      'a fatal error of Node',
      { signal: 'SIGABRT', fatalReport: { trigger: 'FatalError', event: 'Empty MaybeLocal' } },
      'diagnostic report: Empty MaybeLocal',
    ],
  ])('tells %s', (_what, evidence, sentence) => {
    const { evidence: sentences } = classifyDeath({ ...NOTHING, ...evidence });
    expect(sentences).toContainEqual(expect.stringContaining(sentence));
  });

  it.each<[string, Partial<DeathEvidence>]>([
    ['of an exit code that servers choose themselves', { code: 3 }],
    ['of a signal that the monitor has sent', { signal: 'SIGKILL', ownKill: HANG }],
    ['of an end that was asked for', { asked: 'manual', code: 0, memory: memory(9, 9, 9) }],
    [
      'of the memory group when memory was not short',
      {
        signal: 'SIGKILL',
        memoryGroupLimitBytes: 1000 * MB,
        lastSignAgeMs: null,
      },
    ],
  ])('says no more than it knows %s', (_what, evidence) => {
    const { evidence: sentences } = classifyDeath({ ...NOTHING, ...evidence });
    expect(sentences.slice(1).join(', ')).toMatch(
      /^(exit code \d+|signal SIGKILL)(: no process can refuse it[^,]*, a container[^,]*)?, phase running$/,
    );
  });

  it('gives every evidence a cause of the closed list and at least two sentences', () => {
    const note = fc.record({
      origin: fc.constantFrom('uncaughtException' as const, 'unhandledRejection' as const),
      handled: fc.boolean(),
      atTopLevel: fc.boolean(),
      summary: fc.string(),
    });
    const evidence = fc.record({
      phase: fc.constantFrom('starting' as const, 'running' as const, 'draining' as const),
      code: fc.option(fc.integer({ min: 0, max: 255 })),
      signal: fc.option(fc.constantFrom('SIGKILL', 'SIGTERM', 'SIGABRT')),
      asked: fc.option(
        fc.constantFrom('session-end' as const, 'manual' as const, 'reload' as const),
      ),
      ownKill: fc.option(fc.constant(HANG)),
      crashNote: fc.option(note),
      lastWords: fc.array(fc.constantFrom(HEAP, 'bye')),
      oomKillCounted: fc.boolean(),
      spawnError: fc.option(fc.string()),
      memoryGroupLimitBytes: fc.option(fc.nat()),
      memory: fc.option(
        fc.record({
          rssBytes: fc.nat(),
          heapUsedBytes: fc.nat(),
          heapLimitBytes: fc.option(fc.integer({ min: 1, max: 1e9 })),
        }),
      ),
      fatalReport: fc.option(
        fc.record({ trigger: fc.constantFrom('OOMError', 'FatalError'), event: fc.string() }),
      ),
      lastSignAgeMs: fc.option(fc.nat()),
    });
    fc.assert(
      fc.property(evidence, (some) => {
        const { cause, evidence: sentences } = classifyDeath(some);
        expect(CAUSES).toContain(cause);
        expect(sentences.length).toBeGreaterThanOrEqual(2);
        if (some.asked !== null) expect(cause).toBe(some.asked);
      }),
    );
  });
});

describe('isExpected', () => {
  it('holds for what somebody asked for, and for nothing else', () => {
    expect(CAUSES.filter(isExpected)).toEqual(['session-end', 'manual', 'reload', 'memory-limit']);
  });
});
