import { SampleRecorder } from '../../lib/session/monitor/sample-recorder.ts';
import type { ServingProcess } from '../../lib/session/monitor/serving-signs.ts';
import { SessionJournal } from '../../lib/session/monitor/session-journal.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

const BEAT = { loopLagMs: 1.23456, rssBytes: 50e6, heapUsedBytes: 20e6, heapLimitBytes: 4e9 };

const EXIT = {
  type: 'worker.exited',
  code: 1,
  signal: null,
  cause: 'crash',
  expected: false,
  phase: 'running',
  uptimeMs: 10,
  evidence: [],
} as const;

const REPORT = { type: 'crash.reported', id: 'r1', fingerprint: 'f', cause: 'crash' } as const;

function startRecorder(prepare: (journal: SessionJournal) => void = () => undefined) {
  const clock = new ManualClock();
  const journal = new SessionJournal(clock, (error) => {
    throw error;
  });
  prepare(journal);
  let serving: ServingProcess | null = { generation: 1, isStarting: false };
  const recorder = new SampleRecorder({ clock, journal, serving: () => serving });
  return {
    clock,
    journal,
    recorder,
    serve: (next: ServingProcess | null): void => {
      serving = next;
    },
    beat: (generation = 1): void => journal.signs.publish({ kind: 'beat', generation, beat: BEAT }),
    poll: (ok: boolean, latencyMs: number): void =>
      journal.signs.publish({ kind: 'poll', generation: 1, poll: { ok, latencyMs, reason: '' } }),
  };
}

const server = (generation: number): { generation: number; pid: number } => ({
  generation,
  pid: 4711,
});

describe('the recorder of samples', () => {
  it('gives heartbeats and polls as columns, with the time that was asked for and the present one', () => {
    const { clock, recorder, beat, poll } = startRecorder();
    const at = clock.wallTime();
    beat();
    poll(true, 2.004);
    clock.advance(3000);
    expect(recorder.read(7)).toEqual({
      since: 7,
      until: at + 3000,
      columns: {
        at: [at],
        loopLagMs: [1.23],
        latencyMs: [2],
        rssBytes: [50e6],
        heapUsedBytes: [20e6],
      },
      marks: [],
    });
  });

  it('records nothing of a process that does not serve, such as a spare', () => {
    const { recorder, beat, serve } = startRecorder();
    beat(2);
    serve(null);
    beat(1);
    expect(recorder.read(0).columns.at).toEqual([]);
  });

  it('does not record the polls that a starting server does not answer yet', () => {
    const { recorder, poll, serve } = startRecorder();
    serve({ generation: 1, isStarting: true });
    poll(false, 1);
    expect(recorder.read(0).columns.at).toEqual([]);
    poll(true, 5);
    expect(recorder.read(0).columns.latencyMs).toEqual([5]);
    serve({ generation: 1, isStarting: false });
    poll(false, 2000);
    expect(recorder.read(0).columns.latencyMs).toEqual([2000]);
  });

  it('marks starts, deaths with their cause, and reloads, also those before it was there', () => {
    const { clock, journal, recorder } = startRecorder((early) => {
      early.tell({ type: 'worker.ready', isFirstTime: true, startMs: 1 }, server(1));
    });
    const at = clock.wallTime();
    journal.tell(EXIT, server(1));
    journal.tell({ type: 'reload.succeeded' }, server(2));
    journal.tell({ type: 'worker.degraded' }, server(2));
    expect(recorder.read(0).marks).toEqual([
      { kind: 'ready', at, generation: 1 },
      { kind: 'death', at, generation: 1, cause: 'crash', expected: false },
      { kind: 'reload', at, generation: 2 },
    ]);
  });

  it('adds the report to the mark of its death, and tells that mark to those who knew it already', () => {
    const { clock, journal, recorder } = startRecorder();
    journal.tell(EXIT, server(1));
    clock.advance(5000);
    const later = clock.wallTime();
    expect(recorder.read(later).marks).toEqual([]);
    journal.tell({ ...REPORT, occurrences: 1 }, server(1));
    journal.tell({ ...REPORT, occurrences: 1 }, server(9));
    expect(recorder.read(later).marks).toMatchObject([{ kind: 'death', reportId: 'r1' }]);
    expect(recorder.read(0).marks).toHaveLength(1);
  });

  it('cuts the line at the death of the process that it recorded', () => {
    const { clock, journal, recorder, beat } = startRecorder();
    beat();
    clock.advance(100);
    journal.tell(EXIT, server(2));
    expect(recorder.read(0).columns.rssBytes).toEqual([50e6]);
    journal.tell(EXIT, server(1));
    expect(recorder.read(0).columns.rssBytes).toEqual([50e6, null]);
  });

  it('keeps the newest 1,000 marks, none older than 24 hours', () => {
    const { clock, journal, recorder } = startRecorder();
    journal.tell(EXIT, server(1));
    clock.advance(25 * 3_600_000);
    for (let generation = 2; generation <= 1201; generation += 1)
      journal.tell(EXIT, server(generation));
    const { marks } = recorder.read(0);
    expect(marks).toHaveLength(1000);
    expect(marks.at(-1)?.generation).toBe(1201);
  });

  it('tells what happens to those who follow', async () => {
    const { journal, recorder, beat } = startRecorder();
    const end = new AbortController();
    const updates = recorder.follow(end.signal)[Symbol.asyncIterator]();
    const first = updates.next();
    beat();
    journal.tell(EXIT, server(1));
    const told = [await first, await updates.next(), await updates.next()];
    expect(told.map(({ value }) => value)).toMatchObject([
      { type: 'sample', sample: { loopLagMs: 1.23, latencyMs: null } },
      { type: 'mark', mark: { kind: 'death', cause: 'crash' } },
      { type: 'sample', sample: { loopLagMs: null, rssBytes: null } },
    ]);
    end.abort();
    expect((await updates.next()).done).toBe(true);
  });
});
