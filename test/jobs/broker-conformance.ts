import type {
  Broker,
  BrokerSettings,
  ConsumeOptions,
  JobDelivery,
  JobMessage,
  Mail,
  News,
} from '../../lib/jobs/broker.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Inbox } from './inbox.ts';

/** A broker under test. */
export interface BrokerRig {
  /** One more way to the same broker, as another process has it; the same each time where there is only one. */
  connect(): Promise<Broker>;
  /** Ends the process that has this way, without a word; absent where that process is the broker's own. */
  kill?(broker: Broker): Promise<void>;
  end(): Promise<void>;
}

const MAX_DELIVERIES = 3;

const SETTINGS: Partial<BrokerSettings> = { maxDeliveries: MAX_DELIVERIES };

let made = 0;

function makeJob(name: string, fields: Partial<JobMessage> = {}): JobMessage {
  const id = `client/${String(++made)}`;
  return {
    id,
    name,
    args: JSON.stringify({ number: made }),
    priority: 5,
    deadline: null,
    replyTo: 'vigil.replies.nobody',
    correlationId: `correlation-${id}`,
    publishedAt: 1_700_000_000_000,
    ...fields,
  };
}

/** What every broker does, whatever it is made of. */
export function describeBroker(
  title: string,
  openRig: (settings: Partial<BrokerSettings>) => Promise<BrokerRig>,
): void {
  describe(title, () => {
    let rig: BrokerRig;
    let broker: Broker;
    let name: string;

    beforeEach(async () => {
      rig = await openRig(SETTINGS);
      broker = await rig.connect();
      name = `work.${String(process.pid)}.${String(++made)}`;
    });

    afterEach(async () => {
      await rig.end();
    });

    async function consume(
      options: Partial<ConsumeOptions> = {},
      by = broker,
    ): Promise<Inbox<JobDelivery>> {
      const inbox = new Inbox<JobDelivery>();
      await by.consume({ names: [name], prefetch: 1, onJob: inbox.put, ...options });
      return inbox;
    }

    async function declare(...names: string[]): Promise<void> {
      const consumer = await broker.consume({ names, prefetch: 1, onJob: () => undefined });
      await consumer.stop();
    }

    async function openMailbox(by = broker, id = `box-${String(process.pid)}-${String(++made)}`) {
      const mails = new Inbox<Mail>();
      const news = new Inbox<News>();
      const mailbox = await by.openMailbox({ id, onMail: mails.put, onNews: news.put });
      return { id, mailbox, mails, news };
    }

    async function publishAll(...jobs: JobMessage[]): Promise<void> {
      for (const job of jobs) expect(await broker.publish(job)).toBe('queued');
    }

    async function waitForReady(count: number): Promise<void> {
      await waitUntil(
        async () => {
          const [counts] = await broker.counts([name]);
          return counts?.ready === count ? true : undefined;
        },
        () => `${name} has not ${String(count)} jobs`,
      );
    }

    describe('publish', () => {
      it('says "unroutable" for a name that nobody has consumed', async () => {
        expect(await broker.publish(makeJob(name))).toBe('unroutable');
        expect(await broker.publish(makeJob(name, { priority: 9 }))).toBe('unroutable');
      });

      it('keeps a job for a consumer that comes later, and hands it over as it was', async () => {
        await declare(name);
        const job = makeJob(name, {
          args: JSON.stringify({ text: 'größer €😀\n\u0000"', big: 'x'.repeat(300_000) }),
          deadline: Date.now() + 3_600_000,
        });
        await publishAll(job);
        const deliveries = await consume();
        const delivery = await deliveries.next();
        expect(delivery.job).toEqual(job);
        expect(delivery.attempt).toBe(1);
        await delivery.ack();
        await waitForReady(0);
      });

      it('keeps every one of many that are published at once', async () => {
        await declare(name);
        const jobs = Array.from({ length: 200 }, () => makeJob(name));
        expect(new Set(await Promise.all(jobs.map((job) => broker.publish(job))))).toEqual(
          new Set(['queued']),
        );
        const deliveries = await consume({ prefetch: 200 });
        const got = await deliveries.take(200);
        expect(got.map(({ job }) => job.id).sort()).toEqual(jobs.map(({ id }) => id).sort());
      });
    });

    describe('consume', () => {
      it('gives the higher priority first, and the older of equals', async () => {
        await declare(name);
        const jobs = [1, 5, 9, 5, 10, 9].map((priority) => makeJob(name, { priority }));
        await publishAll(...jobs);
        const deliveries = await consume();
        const order: string[] = [];
        while (order.length < jobs.length) {
          const delivery = await deliveries.next();
          order.push(delivery.job.id);
          await delivery.ack();
        }
        expect(order).toEqual([4, 2, 5, 1, 3, 0].map((at) => jobs[at]?.id));
      });

      it('gives jobs of a priority that came up while it was consuming', async () => {
        const deliveries = await consume();
        await publishAll(makeJob(name, { priority: 5 }));
        await (await deliveries.next()).ack();
        await publishAll(makeJob(name, { priority: 7 }));
        const delivery = await deliveries.next();
        expect(delivery.job.priority).toBe(7);
        await delivery.ack();
      });

      it('goes by priority over several names', async () => {
        const other = `${name}.other`;
        await declare(name, other);
        await publishAll(makeJob(name, { priority: 3 }), makeJob(other, { priority: 6 }));
        const deliveries = await consume({ names: [name, other] });
        const first = await deliveries.next();
        expect(first.job.name).toBe(other);
        await first.ack();
        expect((await deliveries.next()).job.name).toBe(name);
      });

      it('gives no more than the prefetch at once, over all names', async () => {
        const other = `${name}.other`;
        await declare(name, other);
        await publishAll(...[name, other, name, other, name].map((one) => makeJob(one)));
        const deliveries = await consume({ names: [name, other], prefetch: 2 });
        const [first] = await deliveries.take(2);
        await broker.counts([name]);
        expect(deliveries.all).toHaveLength(2);
        await first?.ack();
        await deliveries.next();
        expect(deliveries.all).toHaveLength(3);
      });

      it('shares the jobs among consumers, each with one of them', async () => {
        const second = await rig.connect();
        const [one, two] = [await consume(), await consume({}, second)];
        const jobs = [makeJob(name), makeJob(name)];
        await publishAll(...jobs);
        const got = [await one.next(), await two.next()];
        expect(got.map(({ job }) => job.id).sort()).toEqual(jobs.map(({ id }) => id).sort());
      });

      it('gives nothing more after stop; what it had can be settled, the rest goes to others', async () => {
        const inbox = new Inbox<JobDelivery>();
        const consumer = await broker.consume({ names: [name], prefetch: 1, onJob: inbox.put });
        await publishAll(makeJob(name), makeJob(name));
        const held = await inbox.next();
        await consumer.stop();
        await held.ack();
        const others = await consume();
        expect((await others.next()).attempt).toBe(1);
        expect(inbox.all).toHaveLength(1);
      });

      it('counts who consumes and what waits', async () => {
        await consume();
        await publishAll(makeJob(name), makeJob(name), makeJob(name, { priority: 8 }));
        await waitForReady(2);
        expect(await broker.counts([name, `${name}.none`])).toEqual([
          { name, ready: 2, consumers: 1 },
        ]);
      });
    });

    describe('a delivery', () => {
      it('comes again as the next attempt after retry, and dies as worker_lost at the last', async () => {
        const { mailbox, mails } = await openMailbox();
        const deliveries = await consume();
        const job = makeJob(name, { replyTo: mailbox.address });
        await publishAll(job);
        for (let attempt = 1; attempt <= MAX_DELIVERIES; attempt++) {
          const delivery = await deliveries.next();
          expect([delivery.job.id, delivery.attempt]).toEqual([job.id, attempt]);
          await delivery.retry();
        }
        const mail = await mails.next();
        expect(mail).toMatchObject({ kind: 'death', correlationId: job.correlationId });
        expect(JSON.parse(mail.body)).toMatchObject({ code: 'worker_lost' });
        const dead = await broker.dead.find(job.id);
        expect(dead).toMatchObject({ job, reason: { code: 'worker_lost' }, attempts: 3 });
      });

      it('comes again as the same attempt after release', async () => {
        const deliveries = await consume();
        await publishAll(makeJob(name, { priority: 2 }));
        await (await deliveries.next()).retry();
        for (let times = 0; times <= MAX_DELIVERIES; times++) {
          const delivery = await deliveries.next();
          expect([delivery.attempt, delivery.job.priority]).toEqual([2, 2]);
          await delivery.release();
        }
      });

      it('is settled once', async () => {
        const deliveries = await consume();
        await publishAll(makeJob(name));
        const delivery = await deliveries.next();
        await delivery.ack();
        await delivery.retry();
        await delivery.reject({ code: 'rejected', message: 'late' });
        await waitForReady(0);
        expect(await broker.dead.find(delivery.job.id)).toBeUndefined();
      });

      it('leaves the broker for its mailbox by an answer, once', async () => {
        const { mailbox, mails } = await openMailbox();
        const deliveries = await consume();
        await publishAll(makeJob(name, { replyTo: mailbox.address, correlationId: 'it' }));
        const delivery = await deliveries.next();
        expect(await delivery.answer('{"ok":true,"value":1}')).toBe('delivered');
        expect(await delivery.answer('{"ok":true,"value":2}')).toBe('gone');
        await delivery.retry();
        const { kind, correlationId, body } = await mails.next();
        expect([kind, correlationId, body]).toEqual(['result', 'it', '{"ok":true,"value":1}']);
        await waitForReady(0);
        expect(mails.all).toHaveLength(1);
        expect(deliveries.all).toHaveLength(1);
      });

      it('leaves the broker also when there is no mailbox for its answer', async () => {
        const deliveries = await consume();
        await publishAll(makeJob(name, { replyTo: 'vigil.replies.nobody' }));
        expect(await (await deliveries.next()).answer('{"ok":true}')).toBe('gone');
        await waitForReady(0);
        expect(deliveries.all).toHaveLength(1);
      });

      it('is a dead letter after reject, and its mailbox is told why', async () => {
        const { mailbox, mails } = await openMailbox();
        const deliveries = await consume();
        const job = makeJob(name, { replyTo: mailbox.address, priority: 7 });
        await publishAll(job);
        const reason = { code: 'rejected', message: 'no good', detail: { report: 1 } } as const;
        await (await deliveries.next()).reject(reason);
        const mail = await mails.next();
        expect([mail.kind, JSON.parse(mail.body)]).toEqual(['death', reason]);
        expect(await broker.dead.find(job.id)).toMatchObject({ job, reason, attempts: 1 });
        expect(deliveries.all).toHaveLength(1);
      });
    });

    describe('a deadline', () => {
      it('that passes in the queue ends the job as expired, and its mailbox is told', async () => {
        await declare(name);
        const { mailbox, mails } = await openMailbox();
        const job = makeJob(name, { replyTo: mailbox.address, deadline: Date.now() + 50 });
        await publishAll(job);
        const mail = await mails.next();
        expect(mail).toMatchObject({ kind: 'death', correlationId: job.correlationId });
        expect(JSON.parse(mail.body)).toMatchObject({ code: 'expired' });
        const deliveries = await consume();
        await publishAll(makeJob(name));
        expect((await deliveries.next()).job.id).not.toBe(job.id);
        expect(await broker.dead.find(job.id)).toMatchObject({ reason: { code: 'expired' } });
      });

      it('that has passed before it is published ends it as well', async () => {
        await declare(name);
        const { mailbox, mails } = await openMailbox();
        await publishAll(makeJob(name, { replyTo: mailbox.address, deadline: Date.now() - 1 }));
        expect(JSON.parse((await mails.next()).body)).toMatchObject({ code: 'expired' });
      });
    });

    describe('dead letters', () => {
      async function kill(...jobs: JobMessage[]): Promise<void> {
        const { mailbox, mails } = await openMailbox();
        const inbox = new Inbox<JobDelivery>();
        const consumer = await broker.consume({ names: [name], prefetch: 1, onJob: inbox.put });
        for (const job of jobs) {
          await publishAll({ ...job, replyTo: mailbox.address });
          await (await inbox.next()).reject({ code: 'rejected', message: 'bad' });
          (await mails.next()).settle();
        }
        await consumer.stop();
      }

      it('are listed, the oldest first', async () => {
        const jobs = [makeJob(name), makeJob(name)];
        await kill(...jobs);
        const list = await broker.dead.list();
        const mine = list.filter(({ job }) => job.name === name).map(({ job }) => job.id);
        expect(mine).toEqual(jobs.map(({ id }) => id));
        expect(await broker.dead.list({ limit: 1 })).toHaveLength(1);
        // Looking takes nothing away.
        expect(await broker.dead.find(jobs[1]?.id ?? '')).toBeDefined();
      });

      it('are replayed once, as a first attempt without a deadline', async () => {
        const job = makeJob(name, { priority: 8, deadline: Date.now() + 3_600_000 });
        await kill(job);
        expect(await broker.dead.replay(job.id)).toBe(true);
        expect(await broker.dead.replay(job.id)).toBe(false);
        const delivery = await (await consume()).next();
        expect(delivery.job).toMatchObject({ id: job.id, args: job.args, priority: 8 });
        expect([delivery.job.deadline, delivery.attempt]).toEqual([null, 1]);
      });

      it('are forgotten after remove', async () => {
        const job = makeJob(name);
        await kill(job);
        expect(await broker.dead.remove(job.id)).toBe(true);
        expect(await broker.dead.remove(job.id)).toBe(false);
        expect(await broker.dead.find(job.id)).toBeUndefined();
      });
    });

    describe('a mailbox', () => {
      const letter = (body: string) =>
        ({ kind: 'result', correlationId: `c-${body}`, body: JSON.stringify(body) }) as const;

      it('gets its letters in their order, from anywhere, and no others', async () => {
        const [one, two] = [await openMailbox(), await openMailbox()];
        const sender = await rig.connect();
        for (const text of ['a', 'b', 'c']) {
          expect(await sender.post(one.mailbox.address, letter(text))).toBe('delivered');
        }
        await sender.post(two.mailbox.address, letter('x'));
        const mails = await one.mails.take(3);
        expect(mails.map(({ body }) => body)).toEqual(['"a"', '"b"', '"c"']);
        expect(mails[0]).toMatchObject({ ...letter('a'), redelivered: false });
        expect((await two.mails.next()).body).toBe('"x"');
        expect(two.mails.all).toHaveLength(1);
      });

      it('says "gone" where there is none', async () => {
        expect(await broker.post('vigil.replies.nowhere', letter('a'))).toBe('gone');
      });

      it('keeps what comes while nobody reads it', async () => {
        const { id, mailbox } = await openMailbox();
        await mailbox.close();
        expect(await broker.post(mailbox.address, letter('a'))).toBe('delivered');
        expect((await (await openMailbox(broker, id)).mails.next()).body).toBe('"a"');
      });

      it('gives what was not settled, and only that, to the next reader', async () => {
        const { id, mailbox, mails } = await openMailbox();
        for (const text of ['a', 'b', 'c']) await broker.post(mailbox.address, letter(text));
        const [, second] = await mails.take(3);
        second?.settle();
        await mailbox.close();
        const next = await openMailbox(broker, id);
        const again = await next.mails.take(2);
        expect(again.map(({ body }) => body)).toEqual(['"a"', '"c"']);
        expect(again.every(({ redelivered }) => redelivered)).toBe(true);
        await broker.post(mailbox.address, letter('d'));
        expect((await next.mails.next()).body).toBe('"d"');
      });

      it('is taken over by a reader that stood by', async () => {
        const { id, mailbox, mails } = await openMailbox();
        await broker.post(mailbox.address, letter('a'));
        await mails.next();
        const other = await openMailbox(await rig.connect(), id);
        await broker.post(mailbox.address, letter('b'));
        await mails.next();
        expect(other.mails.all).toHaveLength(0);
        await mailbox.close();
        expect((await other.mails.take(2)).map(({ body }) => body)).toEqual(['"a"', '"b"']);
      });

      it('is gone after remove', async () => {
        const { mailbox } = await openMailbox();
        await mailbox.remove();
        expect(await broker.post(mailbox.address, letter('a'))).toBe('gone');
      });

      it('hears news, which are lost where nobody reads', async () => {
        const { mailbox, news } = await openMailbox();
        const sender = await rig.connect();
        const progress: News = { kind: 'progress', correlationId: 'c', body: '0.5' };
        sender.tell('vigil.replies.nowhere', progress);
        sender.tell(mailbox.address, progress);
        expect(await news.next()).toEqual(progress);
      });
    });

    describe('cancel', () => {
      it('takes a job out of its queue, or tells every process of it', async () => {
        await declare(name);
        const told = new Inbox<string>();
        (await rig.connect()).onCancel(told.put);
        const job = makeJob(name);
        await publishAll(job);
        const outcome = await broker.cancel(job.id);
        if (outcome === 'removed') await waitForReady(0);
        else expect(await told.next()).toBe(job.id);
      });

      it('tells every process of a job that is being run', async () => {
        const worker = await rig.connect();
        const told = new Inbox<string>();
        const unsubscribe = worker.onCancel(told.put);
        const deliveries = await consume({}, worker);
        const job = makeJob(name);
        await publishAll(job);
        const delivery = await deliveries.next();
        expect(await broker.cancel(job.id)).toBe('told');
        expect(await told.next()).toBe(job.id);
        unsubscribe();
        await delivery.ack();
      });
    });

    describe('close', () => {
      it('waits for deliveries to be settled, and takes no more', async () => {
        const worker = await rig.connect();
        const deliveries = await consume({ prefetch: 2 }, worker);
        await publishAll(makeJob(name));
        const delivery = await deliveries.next();
        const closing = worker.close({ drainMs: 60_000 });
        await delivery.ack();
        await closing;
        expect(worker.state).toBe('closed');
        await expect(worker.publish(makeJob(name))).rejects.toMatchObject({
          code: 'ERR_BROKER_CLOSED',
        });
      });

      it('tells of what was not settled in time, and says that it is closed', async () => {
        const worker = await rig.connect();
        expect(worker.state).toBe('up');
        const lost = new Inbox<JobDelivery>();
        const deliveries = await consume({ onLost: lost.put }, worker);
        await publishAll(makeJob(name));
        const delivery = await deliveries.next();
        const states: string[] = [];
        worker.onState((state) => states.push(state));
        await worker.close();
        expect([await lost.next(), states]).toEqual([delivery, ['closed']]);
        await delivery.ack();
      });
    });

    it('gives the job of a worker that was killed to another one, as the next attempt', async () => {
      if (rig.kill === undefined) return;
      const worker = await rig.connect();
      const deliveries = await consume({}, worker);
      const job = makeJob(name);
      await publishAll(job);
      await deliveries.next();
      await rig.kill(worker);
      const delivery = await (await consume()).next();
      expect([delivery.job, delivery.attempt]).toEqual([job, 2]);
    });

    it('ends a job that has killed one worker after the other, as worker_lost', async () => {
      if (rig.kill === undefined) return;
      const { mailbox, mails } = await openMailbox();
      await declare(name);
      await publishAll(makeJob(name, { replyTo: mailbox.address }));
      for (let killed = 0; killed < MAX_DELIVERIES; killed++) {
        const worker = await rig.connect();
        await (await consume({}, worker)).next();
        await rig.kill(worker);
      }
      expect(JSON.parse((await mails.next()).body)).toMatchObject({ code: 'worker_lost' });
    });
  });
}
