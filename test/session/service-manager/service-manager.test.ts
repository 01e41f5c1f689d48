import type { SessionEventBody } from '../../../lib/session/session-event.ts';
import { SessionJournal } from '../../../lib/session/monitor/session-journal.ts';
import type { SessionStatus } from '../../../lib/session/monitor/session-status.ts';
import {
  ServiceManager,
  type ServiceManagerOptions,
} from '../../../lib/session/monitor/service-manager/service-manager.ts';
import type { SlotState } from '../../../lib/supervision/slot-machine.ts';
import { ManualClock } from '../../../lib/testing/manual-clock.ts';
import { settle } from './settle.ts';

const READY: SessionEventBody = { type: 'worker.ready', isFirstTime: true, startMs: 1 };
const ENDING: SessionEventBody = { type: 'session.ending', reason: 'SIGTERM' };
const ENDED: SessionEventBody = { type: 'session.ended', reason: 'SIGTERM', exitCode: 0 };

class Trial {
  readonly clock = new ManualClock();
  readonly journal = new SessionJournal(this.clock, () => undefined);
  readonly sent: string[] = [];
  readonly manager: ServiceManager;
  restarts = 0;
  slotState: SlotState = 'running';

  constructor(part: Partial<ServiceManagerOptions> & { readonly watchdogMs?: number } = {}) {
    const { watchdogMs = null, ...options } = part;
    const { journal, clock } = this;
    const slotState = (): SlotState => this.slotState;
    // Only what is told of it.
    const statusOf = (): SessionStatus =>
      ({
        state: 'running',
        worker: { generation: 1, pid: 7, port: null },
        restarts: { total: this.restarts },
      }) as SessionStatus;
    this.manager = new ServiceManager({
      door: { socket: '@test', watchdogMs },
      clock,
      session: {
        journal,
        supervisor: {
          slot: {
            get state() {
              return slotState();
            },
          },
        },
        mask: { hide: (text) => text.replace('pid', 'PID') },
        get status() {
          return statusOf();
        },
      },
      warn: () => undefined,
      isSuccessor: false,
      send: (message) => {
        this.sent.push(message.join(' '));
        return Promise.resolve(null);
      },
      ...options,
    });
  }

  async tell(...bodies: SessionEventBody[]): Promise<void> {
    for (const body of bodies) this.journal.tell(body);
    await settle();
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await settle();
  }

  take(): string[] {
    return this.sent.splice(0);
  }
}

afterEach(() => {
  process.removeAllListeners('SIGHUP');
});

describe('ServiceManager', () => {
  it('says nothing while the server boots, then that it is ready and how it fares, masked', async () => {
    const trial = new Trial();
    await trial.tell(
      { type: 'session.started', name: 'shop', monitorPid: 1 },
      { type: 'worker.forked' },
      { type: 'worker.listening', port: 1, path: null },
    );
    expect(trial.take()).toEqual([]);
    await trial.tell(READY);
    expect(trial.take()).toEqual(['READY=1 STATUS=running: server #1, PID 7']);
  });

  it('tells the state only when it changes, and no more than once in two seconds', async () => {
    const trial = new Trial();
    await trial.tell(READY);
    trial.take();
    for (let count = 0; count < 50; count += 1) {
      trial.restarts += 1;
      await trial.tell({ type: 'worker.recovered' });
    }
    expect(trial.take()).toEqual([]);
    await trial.advance(2000);
    expect(trial.take()).toEqual(['STATUS=running: server #1, PID 7; 50 restarts']);
    await trial.tell({ type: 'worker.recovered' });
    await trial.advance(10_000);
    expect(trial.take()).toEqual([]);
  });

  it('gives a sign of life at half the time, whatever becomes of the server', async () => {
    const trial = new Trial({ watchdogMs: 30_000 });
    await trial.advance(14_999);
    expect(trial.take()).toEqual([]);
    await trial.advance(1);
    await trial.tell({ type: 'breaker.opened', score: 6, retryInMs: null });
    await trial.advance(15_000);
    expect(trial.take().filter((message) => message.startsWith('WATCHDOG=1'))).toHaveLength(2);
  });

  it('asks for more time again and again while it ends, and for nothing after that', async () => {
    const trial = new Trial({ watchdogMs: 7000 });
    await trial.tell(READY, ENDING);
    expect(trial.take().join(' ')).toMatch(/STOPPING=1 EXTEND_TIMEOUT_USEC=30000000/);
    for (let times = 0; times < 3; times += 1) {
      await trial.advance(10_000);
      expect(trial.take().join(' ')).toContain('EXTEND_TIMEOUT_USEC=30000000');
    }
    await trial.tell(ENDED);
    trial.take();
    await trial.advance(60_000);
    expect(trial.take()).toEqual([]);
    expect(trial.clock.waiting).toBe(0);
  });

  it('answers a SIGHUP that leads to no reload', async () => {
    const trial = new Trial();
    await trial.tell(READY);
    trial.take();
    trial.slotState = 'backingOff';
    process.emit('SIGHUP', 'SIGHUP');
    await settle();
    expect(trial.take()).toEqual([
      expect.stringMatching(/^RELOADING=1 MONOTONIC_USEC=0$/),
      'READY=1',
    ]);
  });

  it('is silent until the session is its own, and then names itself', async () => {
    const trial = new Trial({ isSuccessor: true, watchdogMs: 10_000 });
    await trial.tell(READY);
    await trial.advance(20_000);
    expect(trial.take()).toEqual([]);
    trial.manager.takeOver();
    await settle();
    expect(trial.take()).toEqual([
      `READY=1 MAINPID=${process.pid} WATCHDOG=1 STATUS=running: server #1, PID 7`,
    ]);
  });

  it('names its successor, and is silent from then on', async () => {
    const trial = new Trial({ watchdogMs: 10_000 });
    await trial.tell(READY);
    trial.take();
    await trial.manager.handOver(99);
    expect(trial.take()).toEqual(['MAINPID=99']);
    await trial.tell(ENDING, ENDED);
    await trial.advance(60_000);
    expect(trial.take()).toEqual([]);
    expect([trial.clock.waiting, process.listenerCount('SIGHUP')]).toEqual([0, 0]);
  });
});
