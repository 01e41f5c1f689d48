import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveryEvent } from '../../lib/notify/delivery-event.ts';
import { NoticeQueue } from '../../lib/notify/notice-queue.ts';
import { createWebhookChannel } from '../../lib/notify/webhook-channel.ts';
import type { WebhookMessage } from '../../lib/notify/webhook.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { crashReport } from '../report/facts.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { ScriptedCarrier, UNREACHABLE } from './scripted-carrier.ts';

const WEBHOOK = { url: 'http://127.0.0.1:1', secret: 'x', digestMs: 600_000, perHour: 6 };

function start(stateDirectory: string): {
  readonly queue: NoticeQueue<WebhookMessage>;
  readonly carrier: ScriptedCarrier<WebhookMessage>;
  readonly events: DeliveryEvent[];
} {
  const clock = new ManualClock();
  const carrier = new ScriptedCarrier<WebhookMessage>();
  const events: DeliveryEvent[] = [];
  const mask = (text: string): string => text.replaceAll('s"cret', '[masked]');
  const channel = createWebhookChannel({
    name: 'shop',
    webhook: WEBHOOK,
    stateDirectory,
    clock,
    carrier,
    mask,
  });
  const onEvent = (event: DeliveryEvent): void => void events.push(event);
  return { queue: new NoticeQueue({ channel, clock, mask, onEvent }), carrier, events };
}

describe('the queue of a webhook', () => {
  it('keeps id and body over a restart of the monitor, masks every text, and never tells the session key', async () => {
    const directory = await makeTempDirectory();
    const first = start(directory);
    first.carrier.answer = () => UNREACHABLE;
    await first.queue.start();
    first.queue.sessionKey('k3y');
    first.queue.crash(crashReport({ outputTail: ['it is s"cret'] }));
    await first.queue.flush(1000);
    await first.queue.stop();
    const second = start(directory);
    await second.queue.start();
    await second.queue.flush(1000);
    await second.queue.stop();
    expect(second.carrier.tried).toEqual(first.carrier.tried.slice(0, 1));
    const body = JSON.parse(second.carrier.tried[0]?.body ?? '') as { report: object };
    expect(body).toMatchObject({ type: 'crash', report: { outputTail: ['it is [masked]'] } });
    expect(second.events.map(({ type }) => type)).toEqual(['webhook.sent']);
  });

  it('sends nothing more after the receiver is gone, and keeps what waited aside', async () => {
    const directory = await makeTempDirectory();
    const { queue, carrier, events } = start(directory);
    await queue.start();
    carrier.answer = () => ({ kind: 'gone', message: '410 Gone' });
    queue.crash(crashReport());
    queue.recovered({ at: '2026-01-01T00:00:00.000Z', downMs: 1, pid: null });
    await queue.flush(1000);
    queue.gaveUp({
      at: '2026-01-01T00:00:00.000Z',
      cause: 'crash',
      failures: 6,
      nextTrialMs: null,
      reportId: null,
      errorLine: null,
    });
    await queue.flush(1000);
    await queue.stop();
    expect(carrier.tried).toHaveLength(1);
    expect(queue.status().spooled).toBe(0);
    expect(await readdir(join(directory, 'spool/webhook/failed'))).toHaveLength(2);
    const failed = events.filter(({ type }) => type === 'webhook.failed');
    expect(failed).toHaveLength(3);
    expect(failed).toMatchObject(failed.map(() => ({ retryInMs: null })));
  });
});
