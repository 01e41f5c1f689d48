import type { Finding } from '../../lib/cli/finding.ts';
import { inspectSharedMemory, judgeDisk, measureDisk } from '../../lib/cli/inspect-disk.ts';
import { inspectClock, inspectFileLimit, inspectMemory } from '../../lib/cli/inspect-limits.ts';
import {
  inspectDebugging,
  inspectFirstProcess,
  inspectHeldSocket,
  inspectNode,
  inspectPlatform,
  inspectWatchdog,
} from '../../lib/cli/inspect-runtime.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const MB = 1024 * 1024;
const NOW = Date.UTC(2026, 10, 23);
const CLOCK = { now: NOW, stepMs: 1, latestWritten: NOW - 5, wantedZone: '', zone: 'UTC' };
const DISK = { directory: '/d', freeBytes: 5e9, syncMs: 2 };
const QUIET = { tracerPid: 0, ptraceScope: '1' };
const memory = (limitMb: number | false): Parameters<typeof inspectMemory>[1] =>
  ({ memory: { limitMb } }) as Parameters<typeof inspectMemory>[1];

const FINDINGS: readonly (readonly [string, Finding, Finding['level'], RegExp])[] = [
  ['Node 20.19', inspectNode('v20.19.0', '/n'), 'ok', /v20\.19\.0 at \/n/],
  ['Node 22', inspectNode('v22.0.0', '/n'), 'ok', /v22/],
  ['Node 20.18', inspectNode('v20.18.3', '/n'), 'fail', /too old/],
  ['Linux', inspectPlatform('linux', 'x64'), 'ok', /linux x64/],
  ['macOS', inspectPlatform('darwin', 'arm64'), 'warn', /less evidence/],
  ['Windows', inspectPlatform('win32', 'x64'), 'fail', /Windows/],
  ['a held socket', inspectHeldSocket({ socket: { hold: true } }), 'ok', /keep the port/],
  ['one that is off', inspectHeldSocket({ socket: { hold: false } }), 'warn', /refused/],
  ['no debugger', inspectDebugging('--enable-source-maps', QUIET), 'ok', /no inspector/],
  ['--inspect', inspectDebugging('-r x --inspect', QUIET), 'warn', /opens an inspector/],
  ['--inspect-brk', inspectDebugging('--inspect-brk=0', QUIET), 'warn', /opens an inspector/],
  ['a tracer', inspectDebugging('', { ...QUIET, tracerPid: 7 }), 'warn', /traced by pid 7/],
  ['an init', inspectFirstProcess('tini', false), 'ok', /tini/],
  ['no /proc', inspectFirstProcess('', false), 'ok', /not told/],
  ['PID 1', inspectFirstProcess('node', false), 'warn', /zombies/],
  ['few files', inspectFileLimit('Max open files   1024   4096  files'), 'warn', /up to 4096/],
  ['many files', inspectFileLimit('Max open files   65536  65536  files'), 'ok', /at most 65536/],
  ['all files', inspectFileLimit('Max open files  unlimited unlimited files'), 'ok', /unlimited/],
  ['files not told', inspectFileLimit(''), 'ok', /not told/],
  [
    'no group',
    inspectMemory({ groupBytes: null, heapBytes: 4096 * MB }, memory(false)),
    'ok',
    /no limit by a container or service/,
  ],
  [
    'a large group',
    inspectMemory({ groupBytes: 8192 * MB, heapBytes: 4096 * MB }, memory(1000)),
    'ok',
    /its container or service has 8192 MB/,
  ],
  [
    'a small group',
    inspectMemory({ groupBytes: 512 * MB, heapBytes: 400 * MB }, memory(false)),
    'warn',
    /the kernel kills the server before/,
  ],
  [
    'a limit beyond the group',
    inspectMemory({ groupBytes: 512 * MB, heapBytes: 100 * MB }, memory(600)),
    'warn',
    /memory\.limitMb is 600/,
  ],
  ['a clock', inspectClock(CLOCK), 'ok', /^2026-11-23.*zone UTC$/],
  ['a clock of 1970', inspectClock({ ...CLOCK, now: 0 }), 'fail', /1970/],
  ['a clock that jumps', inspectClock({ ...CLOCK, stepMs: -3000 }), 'warn', /-3000 ms/],
  [
    'a clock that went back',
    inspectClock({ ...CLOCK, latestWritten: NOW + 3_600_000 }),
    'warn',
    /went back/,
  ],
  [
    'an unknown zone',
    inspectClock({ ...CLOCK, wantedZone: 'Europa/Wien', zone: undefined }),
    'warn',
    /TZ="Europa\/Wien"/,
  ],
  ['UTC', inspectClock({ ...CLOCK, wantedZone: 'Etc/UTC' }), 'ok', /zone UTC/],
  [
    'a zone',
    inspectClock({ ...CLOCK, wantedZone: 'Europe/Vienna', zone: 'Europe/Vienna' }),
    'ok',
    /Vienna/,
  ],
  ['a disk', judgeDisk(DISK), 'ok', /4,768 MB free, a write is on disk in 2\.0 ms/],
  ['a full disk', judgeDisk({ ...DISK, freeBytes: 5 * MB }), 'warn', /5 MB free/],
  ['a slow disk', judgeDisk({ ...DISK, syncMs: 4000 }), 'warn', /4000 ms/],
  ['a disk without writes', judgeDisk({ ...DISK, syncMs: null }), 'fail', /nothing can be written/],
  ['shared memory', inspectSharedMemory('/dev/shm'), 'ok', /requests in flight/],
  ['no shared memory', inspectSharedMemory('/nowhere'), 'warn', /missing, full or closed/],
];

describe('vigil doctor', () => {
  it.each(FINDINGS)('judges %s', (_what, finding, level, text) => {
    expect(finding).toMatchObject({ level, text: expect.stringMatching(text) });
    // Whoever is told of trouble is told what to do.
    expect(typeof finding.todo === 'string').toBe(level !== 'ok');
  });

  it('writes to the disk and leaves nothing there', async () => {
    const directory = await makeTempDirectory();
    const facts = measureDisk(`${directory}/not/yet/there`, systemClock);
    expect(facts).toEqual({
      directory,
      freeBytes: expect.any(Number),
      syncMs: expect.any(Number),
    });
    expect(measureDisk('/proc', systemClock).syncMs).toBeNull();
  });

  it('tells a watchdog that is off', async () => {
    const off = await inspectWatchdog({ watchdog: false }, systemClock);
    expect(off).toMatchObject({ level: 'warn', text: expect.stringMatching(/^off/) });
  });

  it('finds that the watchdog can take a stack', async () => {
    const patient = {
      ...systemClock,
      setTimer: () => ({ cancel: () => undefined, unref: () => undefined }),
    };
    expect(await inspectWatchdog({ watchdog: true }, patient)).toMatchObject({ level: 'ok' });
  });
});
