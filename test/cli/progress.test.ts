import { Output, type OutputStream } from '../../lib/cli/output.ts';
import { describeProgress, type Progress } from '../../lib/cli/progress-text.ts';
import type { VerbCall } from '../../lib/cli/verb.ts';
import { withProgress } from '../../lib/cli/with-progress.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

type Facts = NonNullable<Progress['session']>;
type Deadline = Facts['deadlines'][number];

const WORKER = { generation: 3, state: 'ready' } as NonNullable<Facts['worker']>;

function session(deadlines: readonly Deadline[], facts: Partial<Facts> = {}): Facts {
  return { deadlines, worker: WORKER, slot: 'running', ...facts };
}

describe('describeProgress', () => {
  it.each([
    [null, 'waiting for the monitor'],
    [
      session([{ name: 'drain', generation: 3, inMs: 26_400, open: 2 }]),
      'server #3 has 2 open requests, 26 s left',
    ],
    [
      session([{ name: 'drain', generation: 3, inMs: 900, open: 1 }]),
      'server #3 has 1 open request, 1 s left',
    ],
    [
      session([{ name: 'drain', generation: 3, inMs: -10 }]),
      'server #3 is finishing its requests, 0 s left',
    ],
    [
      session([
        { name: 'silence', generation: 3, inMs: 1 },
        { name: 'startup', generation: 4, inMs: 58_000 },
      ]),
      'server #4 is starting, it has 58 s left to be ready',
    ],
    [
      session([{ name: 'kill', generation: 3, inMs: 5 }]),
      'what is left of server #3 is being ended',
    ],
    [session([{ name: 'retry', generation: null, inMs: 5000 }]), 'the next start comes in 5 s'],
    [session([], { worker: null }), 'no server process at the moment'],
    [session([], { slot: 'stopping' }), 'the session winds up'],
    [session([]), 'server #3 is ready'],
  ])('of %j is %j', (facts, text) => {
    const progress = { verb: 'stop', elapsedMs: 4200, session: facts };
    expect(describeProgress(progress, 79)).toBe(`stop: ${text} (4 s so far)`);
  });

  it('is cut to the width of the terminal', () => {
    const progress = { verb: 'stop', elapsedMs: 0, session: null };
    expect(describeProgress(progress, 10)).toBe('stop: wai…');
  });
});

/** What a command shows while it waits; `ask` answers for the monitor. */
function watch(isTTY: boolean, isJson = false) {
  const written: string[] = [];
  const stream = {
    isTTY,
    columns: 72,
    write: (text: string) => written.push(text) > 0,
  } as unknown as OutputStream;
  const clock = new ManualClock();
  let answers = 0;
  const client = {
    request: () => {
      answers += 1;
      if (answers === 2) return Promise.reject(new Error('gone'));
      return Promise.resolve(session([{ name: 'drain', generation: 1, inMs: 9000, open: 1 }]));
    },
  };
  let finish = (): void => undefined;
  const work = new Promise<string>((resolve) => {
    finish = () => {
      resolve('done');
    };
  });
  const call = {
    arguments: { isOn: () => isJson },
    output: new Output(stream, stream),
    clock,
  } as unknown as VerbCall;
  const result = withProgress(call, { verb: 'restart', client, work });
  return { written, clock, result, finish: () => finish(), asked: () => answers };
}

async function pass(clock: ManualClock, ms: number): Promise<void> {
  clock.advance(ms);
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

describe('a command that waits', () => {
  it('says on a terminal what it waits for, in one line that is gone at the end', async () => {
    const { written, clock, result, finish } = watch(true);
    await pass(clock, 999);
    expect(written).toEqual([]);
    await pass(clock, 1);
    expect(written).toEqual([
      '\r\u001b[Krestart: server #1 has 1 open request, 9 s left (1 s so far)',
    ]);
    await pass(clock, 500);
    expect(written.at(-1)).toBe('\r\u001b[Krestart: waiting for the monitor (2 s so far)');
    finish();
    expect(await result).toBe('done');
    expect(written.at(-1)).toBe('\r\u001b[K');
    const { length } = written;
    await pass(clock, 5000);
    expect(written).toHaveLength(length);
    expect(clock.waiting).toBe(0);
  });

  it('that is quick says nothing', async () => {
    const { written, result, finish, asked } = watch(true);
    finish();
    await result;
    expect(written).toEqual([]);
    expect(asked()).toBe(0);
  });

  it.each([
    ['without a terminal', false, false],
    ['with --json', true, true],
  ])('says nothing %s', async (_where, isTTY, isJson) => {
    const { written, clock, result, finish, asked } = watch(isTTY, isJson);
    await pass(clock, 10_000);
    finish();
    await result;
    expect(written).toEqual([]);
    expect(asked()).toBe(0);
  });
});
