import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Broker, JobDelivery, JobMessage, Mail } from '../../lib/jobs/broker.ts';
import { openBroker } from '../../lib/jobs/open-broker.ts';
import { ManualClock } from '../../lib/util/manual-clock.ts';
import { mountSmallDisk, onFullDisk } from '../support/small-disk.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Inbox } from './inbox.ts';

function makeJob(id: string, fields: Partial<JobMessage> = {}): JobMessage {
  return {
    id,
    name: 'work',
    args: JSON.stringify({ id }),
    priority: 5,
    deadline: null,
    replyTo: 'vigil.replies.test',
    correlationId: `c-${id}`,
    publishedAt: 0,
    ...fields,
  };
}

async function consume(broker: Broker, prefetch = 1) {
  const inbox = new Inbox<JobDelivery>();
  const consumer = await broker.consume({ names: ['work'], prefetch, onJob: inbox.put });
  return { inbox, consumer };
}

describe('a broker of file:', () => {
  test('keeps its directory from other users', async () => {
    const directory = join(await makeTempDirectory(), 'shared', 'jobs');
    await mkdir(directory, { recursive: true, mode: 0o755 });
    const broker = await openBroker(`file:${directory}`);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    await broker.close();
  });
});

describe('a broker of file: that is opened again', () => {
  it('has its jobs in their order, with their failures, its letters and its dead', async () => {
    const url = `file:${join(await makeTempDirectory(), 'jobs')}`;
    const first = await openBroker(url);
    const mails = new Inbox<Mail>();
    const { address } = await first.openMailbox({ id: 'test', onMail: mails.put });
    const { inbox, consumer } = await consume(first);
    await first.publish(makeJob('dead'));
    await (await inbox.next()).reject({ code: 'rejected', message: 'bad' });
    await first.publish(makeJob('failed', { priority: 1 }));
    await (await inbox.next()).retry();
    await inbox.next();
    await consumer.stop();
    await first.publish(makeJob('second'));
    await first.publish(makeJob('high', { priority: 10, args: JSON.stringify('é'.repeat(9)) }));
    await first.post(address, { kind: 'note', correlationId: 'n', body: '"note"' });
    await first.close();

    const again = await openBroker(url);
    const after = await consume(again);
    const order: [string, number][] = [];
    for (let count = 0; count < 3; count++) {
      const delivery = await after.inbox.next();
      order.push([delivery.job.id, delivery.attempt]);
      await delivery.ack();
    }
    expect(order).toEqual([
      ['high', 1],
      ['second', 1],
      ['failed', 2],
    ]);
    expect((await again.dead.list()).map(({ job: { id } }) => id)).toEqual(['dead']);
    const kept = new Inbox<Mail>();
    await again.openMailbox({ id: 'test', onMail: kept.put });
    expect((await kept.take(2)).map(({ kind }) => kind)).toEqual(['death', 'note']);
    await again.close();
  });

  it('tells of the jobs whose deadline passed while it was closed', async () => {
    const url = `file:${join(await makeTempDirectory(), 'jobs')}`;
    const clock = new ManualClock(1000);
    const first = await openBroker(url, {}, clock);
    await first.openMailbox({ id: 'test', onMail: () => undefined });
    await (await consume(first)).consumer.stop();
    await first.publish(makeJob('late', { deadline: 2000 }));
    await first.close();
    const again = await openBroker(url);
    const mails = new Inbox<Mail>();
    await again.openMailbox({ id: 'test', onMail: mails.put });
    expect(JSON.parse((await mails.next()).body)).toMatchObject({ code: 'expired' });
    await again.close();
  });

  it.each([10_000, 0])(
    'has the answer of a job, and the job no more, after it was opened again: texts of %i in memory',
    async (maxTextInMemory) => {
      const url = `file:${join(await makeTempDirectory(), 'jobs')}`;
      const broker = await openBroker(url, { maxTextInMemory });
      await broker.openMailbox({ id: 'test', onMail: () => undefined });
      const { inbox } = await consume(broker);
      await broker.publish(makeJob('failed'));
      await (await inbox.next()).retry();
      await (await inbox.next()).answer('{"ok":true,"value":1}');
      await broker.close();
      const again = await openBroker(url);
      const mails = new Inbox<Mail>();
      await again.openMailbox({ id: 'test', onMail: mails.put });
      expect((await mails.next()).body).toBe('{"ok":true,"value":1}');
      expect(await again.counts(['work'])).toMatchObject([{ ready: 0 }]);
      await again.close();
    },
  );

  it('reads texts from disk that do not fit into its memory', async () => {
    const url = `file:${join(await makeTempDirectory(), 'jobs')}`;
    const broker = await openBroker(url, { maxTextInMemory: 1000 });
    await (await consume(broker)).consumer.stop();
    const jobs = Array.from({ length: 20 }, (_, at) =>
      makeJob(`a/${String(at)}`, { args: JSON.stringify(String(at).repeat(300)) }),
    );
    for (const job of jobs) await broker.publish(job);
    const { inbox } = await consume(broker, 20);
    const got = await inbox.take(20);
    expect(got.map(({ job }) => job.args).sort()).toEqual(jobs.map(({ args }) => args).sort());
    await broker.close();
  });
});

describe('bounds of an embedded broker', () => {
  it('refuse what does not fit, and let it in once there is room', async () => {
    const broker = await openBroker('memory:', { maxKept: 2, maxTextInMemory: 100 });
    const { inbox } = await consume(broker);
    await broker.publish(makeJob('a'));
    await expect(
      broker.publish(makeJob('big', { args: JSON.stringify('x'.repeat(200)) })),
    ).rejects.toMatchObject({ code: 'ERR_BROKER_FULL' });
    await broker.publish(makeJob('b'));
    await expect(broker.publish(makeJob('c'))).rejects.toMatchObject({ code: 'ERR_BROKER_FULL' });
    await (await inbox.next()).ack();
    expect(await broker.publish(makeJob('c'))).toBe('queued');
    await broker.close();
  });

  it('leave room for the answers of what is kept', async () => {
    const broker = await openBroker('memory:', { maxKept: 2 });
    const mails = new Inbox<Mail>();
    await broker.openMailbox({ id: 'test', onMail: mails.put });
    const { inbox } = await consume(broker);
    for (const id of ['a', 'b']) await broker.publish(makeJob(id));
    expect(await (await inbox.next()).answer('{"ok":true}')).toBe('delivered');
    await expect(broker.publish(makeJob('c'))).rejects.toMatchObject({ code: 'ERR_BROKER_FULL' });
    (await mails.next()).settle();
    expect(await broker.publish(makeJob('c'))).toBe('queued');
    await broker.close();
  });

  it('keep the newest dead letters', async () => {
    const broker = await openBroker('memory:', { maxDead: 2 });
    const { inbox } = await consume(broker);
    for (const id of ['a', 'b', 'c']) {
      await broker.publish(makeJob(id));
      await (await inbox.next()).reject({ code: 'rejected', message: 'bad' });
    }
    expect((await broker.dead.list()).map(({ job }) => job.id)).toEqual(['b', 'c']);
    await broker.close();
  });
});

describe('a broker of file: on a full disk', () => {
  onFullDisk(
    'refuses with a code, recovers by itself, and has lost nothing it confirmed',
    async () => {
      const disk = await mountSmallDisk(8 * 1024 * 1024);
      try {
        const directory = join(disk.directory, 'jobs');
        await mkdir(directory);
        const broker = await openBroker(`file:${directory}`);
        const states: string[] = [];
        broker.onState((state) => states.push(state));
        const { inbox, consumer } = await consume(broker);
        await broker.publish(makeJob('held'));
        const held = await inbox.next();
        const kept: string[] = [];
        disk.fill();
        const args = JSON.stringify('x'.repeat(50_000));
        const refusal = await (async () => {
          for (let at = 0; at < 1000; at++) {
            try {
              await broker.publish(makeJob(`k/${String(at)}`, { args }));
              kept.push(`k/${String(at)}`);
            } catch (error) {
              return error;
            }
          }
          return undefined;
        })();
        expect(refusal).toMatchObject({ code: 'ERR_BROKER_STORE' });
        expect(broker.state).toBe('blocked');
        // What has happened is written as soon as it can be.
        const acknowledged = held.ack();
        await expect(broker.publish(makeJob('refused'))).rejects.toMatchObject({
          code: 'ERR_BROKER_STORE',
        });
        disk.empty();
        await waitUntil(
          () => (broker.state === 'up' ? true : undefined),
          () => 'still blocked',
        );
        await acknowledged;
        await broker.publish(makeJob('after'));
        kept.push('after');
        expect(states).toEqual(['blocked', 'up']);
        await consumer.stop();
        await broker.close();

        const again = await openBroker(`file:${directory}`);
        const after = await consume(again, 10_000);
        const found = await after.inbox.take(kept.length);
        expect(found.map(({ job }) => job.id).sort()).toEqual([...kept].sort());
        await again.counts(['work']);
        expect(after.inbox.all).toHaveLength(kept.length);
        await again.close();
      } finally {
        disk.unmount();
      }
    },
  );
});
