import { SessionJournal } from '../../lib/session/monitor/session-journal.ts';
import { TroubleNotices } from '../../lib/session/monitor/trouble-notices.ts';
import type { SessionEventBody } from '../../lib/session/session-event.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

const DEATH: SessionEventBody = {
  type: 'worker.exited',
  code: 1,
  signal: null,
  cause: 'crash',
  expected: false,
  phase: 'running',
  uptimeMs: 10,
  evidence: [],
};
const OPENED: SessionEventBody = { type: 'breaker.opened', score: 6, retryInMs: 300_000 };
const CLOSED: SessionEventBody = { type: 'breaker.closed' };

describe('TroubleNotices', () => {
  it('tells once that it gave up however often a trial fails, and once that it is back after how long', () => {
    const clock = new ManualClock();
    const journal = new SessionJournal(clock, () => undefined);
    const told: unknown[] = [];
    new TroubleNotices(
      journal,
      {
        gaveUp: ({ failures, nextTrialMs }) => told.push({ failures, nextTrialMs }),
        recovered: ({ downMs, pid }) => told.push({ downMs, pid }),
      },
      clock,
    );
    const tell = (...bodies: SessionEventBody[]): void => {
      for (const body of bodies) journal.tell(body, { generation: 1, pid: 7 });
    };
    tell(DEATH);
    clock.advance(3_600_000);
    tell(DEATH, DEATH, OPENED);
    for (let trial = 0; trial < 3; trial++) {
      clock.advance(300_000);
      tell(DEATH, OPENED);
    }
    clock.advance(1000);
    tell(CLOSED, DEATH, OPENED);
    expect(told).toEqual([
      { failures: 2, nextTrialMs: 300_000 },
      { downMs: 901_000, pid: 7 },
      { failures: 1, nextTrialMs: 300_000 },
    ]);
  });
});
