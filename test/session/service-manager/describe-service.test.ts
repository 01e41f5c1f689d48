import type { SessionStatus } from '../../../lib/session/monitor/session-status.ts';
import { describeService } from '../../../lib/session/monitor/service-manager/describe-service.ts';

const DELIVERY = { configured: false, lastAcceptedAt: null, spooled: 0 };
const WORKER: NonNullable<SessionStatus['worker']> = {
  pid: 4720,
  generation: 3,
  state: 'ready',
  startedAt: '',
  readyAt: '',
  uptimeMs: 1,
  port: 3000,
  rssBytes: null,
  loopLagMs: null,
  heartbeatAgeMs: 0,
  lastPoll: null,
  pollFailures: 0,
};
const STATUS: SessionStatus = {
  name: 'shop',
  state: 'running',
  monitorPid: 1,
  startedAt: '',
  node: '',
  version: '',
  worker: WORKER,
  restarts: { total: 0, byCause: {} },
  breaker: { state: 'closed', score: 0, threshold: 5, nextRetryAt: null },
  lastDeath: null,
  mail: DELIVERY,
  webhook: DELIVERY,
  control: { http: null },
};
const RETRY = { ...STATUS.breaker, nextRetryAt: '2026-11-23T08:00:05.123Z' };
const DEATH = { cause: 'crash', code: 1, signal: null, at: '', reportId: null } as const;

describe('describeService', () => {
  it.each<[Partial<SessionStatus>, string]>([
    [{ state: 'starting', worker: null }, 'starting: no server process yet'],
    [{}, 'running: server #3, pid 4720, port 3000'],
    [{ worker: { ...WORKER, port: null } }, 'running: server #3, pid 4720'],
    [{ restarts: { total: 1, byCause: {} } }, 'running: server #3, pid 4720, port 3000; 1 restart'],
    [{ state: 'degraded' }, 'degraded: the health route of server #3, pid 4720, port 3000 fails'],
    [{ state: 'reloading' }, 'reloading: server #3, pid 4720, port 3000'],
    [
      {
        state: 'backingOff',
        worker: null,
        breaker: RETRY,
        lastDeath: DEATH,
        restarts: { total: 2, byCause: {} },
      },
      'no server: next start at 2026-11-23T08:00:05Z, last death: crash; 2 restarts',
    ],
    [
      { state: 'broken', worker: null },
      'no server, the breaker is open: the next start is about to come',
    ],
    [{ state: 'stopping', worker: null }, 'ending'],
    [
      { state: 'stopping', worker: { ...WORKER, state: 'draining' } },
      'ending: the server is draining',
    ],
  ])('says of %j: %s', (part, text) => {
    expect(describeService({ ...STATUS, ...part })).toBe(text);
  });
});
