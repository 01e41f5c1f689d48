import { join } from 'node:path';
import type { Broker, JobMessage, Mail } from '../../lib/jobs/broker.ts';
import { openBroker } from '../../lib/jobs/open-broker.ts';
import { runVigil, vigil } from '../jobs-process/start-jobs.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type RabbitCluster, startRabbit } from './rabbitmq-server.ts';

const JOBS = 3000;
const LETTERS = 50;
const NAMES = ['convert', 'send'];

jest.setTimeout(120_000);

let rabbit: RabbitCluster;

beforeAll(async () => {
  rabbit = await startRabbit();
}, 90_000);

afterAll(async () => {
  await rabbit.end();
  await assertNoLeaks();
}, 60_000);

async function openRabbit(): Promise<Broker> {
  const broker = await openBroker(rabbit.url);
  await waitUntil(
    () => (broker.state === 'up' ? true : undefined),
    () => broker.state,
  );
  return broker;
}

/** Keeps jobs of several names and priorities, and letters that nobody has read. */
async function fill(directory: string): Promise<JobMessage[]> {
  const broker = await openBroker(`file:${directory}`);
  const maker = await broker.consume({ names: NAMES, prefetch: 1, onJob: () => undefined });
  await maker.stop();
  const mailbox = await broker.openMailbox({ id: 'gateway-1', onMail: () => undefined });
  const jobs = Array.from({ length: JOBS }, (_, n) => ({
    id: `client/${String(n)}`,
    name: NAMES[n % 2] ?? '',
    args: JSON.stringify({ n }),
    priority: n % 5 === 0 ? 9 : 5,
    deadline: null,
    replyTo: mailbox.address,
    correlationId: `c-${String(n)}`,
    publishedAt: 1_700_000_000_000 + n,
  }));
  await Promise.all(jobs.map((job) => broker.publish(job)));
  for (let n = 0; n < LETTERS; n += 1)
    await broker.post(mailbox.address, {
      kind: 'result',
      correlationId: `letter-${String(n)}`,
      body: String(n),
    });
  await broker.close();
  return jobs;
}

async function ready(broker: Broker): Promise<number> {
  const counts = await broker.counts(NAMES);
  return counts.reduce((sum, { ready: waiting }) => sum + waiting, 0);
}

describe('vigil jobs move', () => {
  it('loses nothing from a directory to RabbitMQ, though it is killed in the middle', async () => {
    const directory = join(await makeTempDirectory(), 'broker');
    const jobs = await fill(directory);
    const args = ['move', '--from', `file:${directory}`, '--to', rabbit.url];
    const broker = await openRabbit();
    const first = vigil(args);
    await waitUntil(
      async () => ((await ready(broker)) > 0 ? true : undefined),
      () => 'nothing was moved',
      30_000,
    );
    first.kill('SIGKILL');
    await first.waitForExit();
    const second = await runVigil(args);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toMatch(/^moved \d+ jobs and \d+ letters? for clients$/);
    const found = new Map<string, JobMessage>();
    await broker.consume({
      names: NAMES,
      prefetch: 200,
      onJob: (delivery) => {
        found.set(delivery.job.id, delivery.job);
        void delivery.ack();
      },
    });
    const letters = new Set<string>();
    await broker.openMailbox({
      id: 'gateway-1',
      onMail: (mail: Mail) => {
        letters.add(`${mail.correlationId} ${mail.body}`);
        mail.settle();
      },
    });
    await waitUntil(
      () => (found.size === JOBS && letters.size === LETTERS ? true : undefined),
      () => `${String(found.size)} jobs, ${String(letters.size)} letters`,
      60_000,
    );
    const replyTo = 'vigil.replies.gateway-1';
    for (const job of jobs) expect(found.get(job.id)).toEqual({ ...job, replyTo });
    await broker.close();
    const again = await runVigil(args);
    expect(again.stdout).toBe('moved 0 jobs and 0 letters for clients');
  });
});
