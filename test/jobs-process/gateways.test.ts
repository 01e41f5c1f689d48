import { join } from 'node:path';
import { manage } from '../../lib/ipc/promisified-ipc-manager.ts';
import type { Broker, JobDelivery } from '../../lib/jobs/broker.ts';
import { serveBroker } from '../../lib/jobs/ipc/serve-broker.ts';
import { openBroker } from '../../lib/jobs/open-broker.ts';
import { RawClient } from '../jobs/gateway/gateway-rig.ts';
import { Inbox } from '../jobs/inbox.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startNode } from '../support/start-child.ts';

const COUNT = 1000;
const FIXTURE = join(__dirname, '../fixtures/jobs/gateway.cjs');

interface Gateway {
  readonly url: string;
  /** Resolves when the broker knows of it. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

async function startGateway(broker: Broker): Promise<Gateway> {
  const child = startNode([FIXTURE], { ipc: true });
  const door = serveBroker(broker, manage(child.process));
  const url = await new Promise<string>((resolve) => {
    child.process.stdout?.once('data', (chunk: Buffer) => {
      resolve(chunk.toString().trim());
    });
  });
  return {
    url,
    end: async (signal) => {
      child.kill(signal);
      await child.waitForExit();
      await door.close();
    },
  };
}

async function answer(broker: Broker, delivery: JobDelivery | undefined): Promise<void> {
  if (delivery === undefined) throw new Error('no job');
  const { replyTo, correlationId, args } = delivery.job;
  await broker.post(replyTo, {
    kind: 'result',
    correlationId,
    body: `{"ok":true,"value":${args}}`,
  });
  await delivery.ack();
}

describe('a gateway that is killed with a thousand jobs open', () => {
  it('leaves all of them to the next one, which delivers each result once', async () => {
    const broker = await openBroker('memory:');
    const work = new Inbox<JobDelivery>();
    await broker.consume({ names: ['work'], prefetch: COUNT, onJob: work.put });
    const gateways = [await startGateway(broker), await startGateway(broker)];
    const [one, two] = gateways;
    const first = await RawClient.open(one?.url ?? '');
    for (let n = 0; n < COUNT; n++) first.job(String(n));
    for (let n = 0; n < COUNT; n++) await first.hear('accepted');
    const deliveries = await work.take(COUNT);
    for (const delivery of deliveries.slice(0, 300)) await answer(broker, delivery);
    for (let n = 0; n < 300; n++) await first.hear('result');
    // Nobody is there for these when they are sent.
    const killed = one?.end('SIGKILL');
    for (const delivery of deliveries.slice(300, 600)) await answer(broker, delivery);
    await killed;
    await first.closed;
    const second = await RawClient.open(two?.url ?? '');
    second.say({ type: 'resume', session: first.hello['session'] });
    const { open } = await second.hear('resumed');
    expect(open).toHaveLength(400);
    for (const delivery of deliveries.slice(600)) await answer(broker, delivery);
    const results: string[] = [];
    while (results.length < COUNT) results.push(String((await second.hear('result'))['id']));
    expect(new Set(results).size).toBe(COUNT);
    // Nothing comes after them: the answer to this is the next.
    second.say({ type: 'cancel', id: 'none' });
    expect(await second.inbox.next()).toMatchObject({ type: 'error', id: 'none' });
    await second.end();
    await two?.end('SIGTERM');
    await broker.close();
    await assertNoLeaks();
  });
});
