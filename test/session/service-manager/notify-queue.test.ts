import type { Notification } from '../../../lib/session/monitor/service-manager/decide-notifications.ts';
import type { NotifyFailure } from '../../../lib/session/monitor/service-manager/notify-command.ts';
import { NotifyQueue } from '../../../lib/session/monitor/service-manager/notify-queue.ts';
import { ManualClock } from '../../../lib/testing/manual-clock.ts';
import { type Deferred, createDeferred } from '../../../lib/util/deferred.ts';
import { settle } from './settle.ts';

interface Trial {
  readonly clock: ManualClock;
  readonly queue: NotifyQueue;
  readonly sent: string[];
  readonly warnings: string[];
  /** What the next messages meet. */
  readonly failures: (NotifyFailure | null)[];
  /** Holds what is being sent. */
  gate: Deferred | null;
}

function create(): Trial {
  const clock = new ManualClock();
  const sent: string[] = [];
  const warnings: string[] = [];
  const failures: (NotifyFailure | null)[] = [];
  const queue = new NotifyQueue({
    clock,
    warn: (text) => warnings.push(text),
    send: async (message: Notification) => {
      sent.push(message.join(' '));
      await trial.gate?.promise;
      return failures.shift() ?? null;
    },
  });
  const trial: Trial = { clock, queue, sent, warnings, failures, gate: null };
  return trial;
}

describe('NotifyQueue', () => {
  it('sends in order, one at a time, and lets what is loose go along with its newest value', async () => {
    const trial = create();
    const { queue, sent } = trial;
    queue.push(['READY=1']);
    queue.set('STATUS', 'running');
    await settle();
    expect(sent).toEqual(['READY=1 STATUS=running']);
    trial.gate = createDeferred();
    queue.push(['RELOADING=1']);
    await settle();
    queue.push(['READY=1']);
    queue.push(['STOPPING=1']);
    for (let count = 0; count < 1000; count += 1) queue.set('STATUS', `running ${count}`);
    await settle();
    expect(sent.slice(1)).toEqual(['RELOADING=1']);
    trial.gate.resolve();
    await queue.idle();
    expect(sent.slice(2)).toEqual(['READY=1 STATUS=running 999', 'STOPPING=1']);
  });

  it('is bounded while nobody takes what is sent, and counts what it gave up', async () => {
    const trial = create();
    trial.gate = createDeferred();
    for (let count = 0; count < 100; count += 1) trial.queue.push([`N=${count}`]);
    trial.gate.resolve();
    await trial.queue.idle();
    expect(trial.sent).toEqual(Array.from({ length: 32 }, (_none, at) => `N=${at + 68}`));
    expect(trial.queue.dropped).toBe(68);
  });

  it('tries a message again, a sign of life not, and warns once', async () => {
    const { clock, queue, sent, warnings, failures } = create();
    const failure = { text: 'refused', isFinal: false };
    failures.push(failure, failure);
    queue.push(['READY=1']);
    await settle();
    for (let tries = 0; tries < 2; tries += 1) {
      clock.advance(1000);
      await settle();
    }
    expect(sent).toEqual(['READY=1', 'READY=1', 'READY=1']);
    expect(queue.dropped).toBe(0);
    failures.push(failure);
    queue.set('WATCHDOG', '1');
    await queue.idle();
    expect(sent.slice(3)).toEqual(['WATCHDOG=1']);
    expect(warnings).toEqual(['the service manager (NOTIFY_SOCKET) is not told: refused']);
  });

  it('starts nothing again once the command is known to be missing', async () => {
    const { queue, sent, warnings, failures } = create();
    failures.push({ text: 'no such command', isFinal: true });
    queue.push(['READY=1']);
    queue.push(['STOPPING=1']);
    await queue.idle();
    queue.push(['STOPPING=1']);
    queue.set('WATCHDOG', '1');
    await queue.idle();
    expect(sent).toEqual(['READY=1']);
    expect(warnings).toHaveLength(1);
  });
});
