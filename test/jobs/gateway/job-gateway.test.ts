import type { JobDelivery } from '../../../lib/jobs/broker.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { GatewayRig, RawClient } from './gateway-rig.ts';

describe('a gateway', () => {
  let rig: GatewayRig;

  beforeEach(async () => {
    rig = await GatewayRig.open();
  });

  afterEach(async () => {
    await rig.end();
  });

  it('says hello, "accepted" once the broker has the job, and its result', async () => {
    const work = await rig.worker();
    const { url } = await rig.gateway();
    const client = await rig.client(url);
    expect(client.hello).toEqual({
      type: 'hello',
      session: expect.any(String),
      clientId: expect.any(String),
    });
    client.job('1', { args: { a: [1] }, priority: 9, timeoutMs: 60_000 });
    const { job } = await deliver(work);
    expect(job).toMatchObject({
      id: `${String(client.hello['clientId'])}/1`,
      name: 'work',
      args: '{"a":[1]}',
      priority: 9,
      deadline: expect.any(Number),
    });
    expect(await client.inbox.next()).toEqual({ type: 'accepted', id: '1' });
    const { replyTo, correlationId } = job;
    rig.broker.tell(replyTo, {
      kind: 'started',
      correlationId,
      body: '{"worker":"w1","attempt":1}',
    });
    expect(await client.inbox.next()).toEqual({
      type: 'started',
      id: '1',
      worker: 'w1',
      attempt: 1,
    });
    rig.broker.tell(replyTo, { kind: 'progress', correlationId, body: '{"done":0.5}' });
    expect(await client.inbox.next()).toEqual({ type: 'progress', id: '1', value: { done: 0.5 } });
    const body = JSON.stringify({ ok: true, value: 42 });
    await rig.broker.post(replyTo, { kind: 'result', correlationId, body });
    expect(await client.inbox.next()).toEqual({ type: 'result', id: '1', ok: true, value: 42 });
  });

  it('gives each client its own results, whatever ids they choose', async () => {
    const work = await rig.worker();
    const { url } = await rig.gateway();
    const clients = [await rig.client(url), await rig.client(url)];
    for (const [at, client] of clients.entries()) client.job('same', { args: at });
    for (const delivery of [await work.next(), await work.next()])
      await rig.answer(delivery, delivery.job.args);
    for (const [at, client] of clients.entries())
      expect(await client.hear('result')).toMatchObject({ id: 'same', value: String(at) });
  });

  it.each([
    ['no JSON', '{"type":'],
    ['no object', '[1]'],
    ['an unknown type', { type: 'jab', id: '1' }],
    ['a job without a name', { type: 'job', id: '1' }],
    ['a job without an id', { type: 'job', name: 'work' }],
    ['a priority out of range', { type: 'job', id: '1', name: 'work', priority: 11 }],
    ['a cancel of an unknown id', { type: 'cancel', id: 'none' }],
    ['an unknown session', { type: 'resume', session: 'none' }],
    [
      'a session that only looks like one',
      { type: 'resume', session: `${'a'.repeat(36)}.${'b'.repeat(36)}` },
    ],
  ])('answers %s with "bad_message", and goes on', async (_what, message) => {
    await rig.echo();
    const { url } = await rig.gateway();
    const client = await rig.client(url);
    client.say(message);
    expect(await client.inbox.next()).toMatchObject({ type: 'error', code: 'bad_message' });
    client.job('after');
    expect(await client.hear('result')).toMatchObject({ id: 'after', ok: true });
  });

  it('answers a binary frame with "bad_message", and ends a frame that is too long with 1009', async () => {
    const { url } = await rig.gateway({ maxFrameBytes: 2048 });
    const client = await rig.client(url);
    client.socket.send(Buffer.from('{}'));
    expect(await client.inbox.next()).toMatchObject({ type: 'error', code: 'bad_message' });
    client.say('x'.repeat(3000));
    expect(await client.closed).toBe(1009);
  });

  it('refuses an id that has not ended, more jobs than allowed, and names nobody runs', async () => {
    const work = await rig.worker();
    const { url } = await rig.gateway({ maxJobsPerClient: 2 });
    const client = await rig.client(url);
    client.job('1');
    client.job('1');
    client.job('2');
    client.job('3');
    expect(await client.hear('error')).toMatchObject({ code: 'duplicate_id', id: '1' });
    expect(await client.hear('error')).toMatchObject({ code: 'too_many_jobs', id: '3' });
    await rig.answer(await work.next(), 'one');
    expect(await client.hear('result')).toMatchObject({ id: '1' });
    // Its end is known to its client, who did not say so.
    client.job('1');
    expect(await client.hear('accepted', 'error')).toMatchObject({ type: 'accepted', id: '1' });
    await rig.answer(await work.next(), 'two');
    await client.hear('result');
    client.job('4', { name: 'nobody' });
    expect(await client.hear('error')).toMatchObject({ code: 'unroutable', id: '4' });
  });

  it('cancels a job that waits, and has a running one cancelled, each with one end', async () => {
    const work = await rig.worker(1);
    const { url } = await rig.gateway();
    const calledOff: string[] = [];
    rig.broker.onCancel((id) => calledOff.push(id));
    const client = await rig.client(url);
    client.job('running');
    const running = await deliver(work);
    const { replyTo, correlationId } = running.job;
    rig.broker.tell(replyTo, {
      kind: 'started',
      correlationId,
      body: '{"worker":"w","attempt":1}',
    });
    await client.hear('started');
    client.job('waiting');
    await client.hear('accepted');
    client.say({ type: 'cancel', id: 'waiting' });
    expect(await client.hear('cancelled')).toEqual({ type: 'cancelled', id: 'waiting' });
    client.say({ type: 'cancel', id: 'running' });
    client.say({ type: 'cancel', id: 'waiting' });
    expect(await client.hear('error')).toMatchObject({ code: 'bad_message', id: 'waiting' });
    expect(calledOff).toEqual([running.job.id]);
    await rig.reply(running, { ok: false, error: { code: 'cancelled', message: 'stopped' } });
    expect(await client.hear('cancelled', 'result')).toEqual({ type: 'cancelled', id: 'running' });
  });

  it('ends a job at its deadline: "expired" in its queue, "timeout" while it runs', async () => {
    const work = await rig.worker(1);
    const { url } = await rig.gateway();
    const client = await rig.client(url);
    // Long enough that a busy machine has begun it by then.
    client.job('running', { timeoutMs: 2000 });
    const { replyTo, correlationId } = (await deliver(work)).job;
    rig.broker.tell(replyTo, {
      kind: 'started',
      correlationId,
      body: '{"worker":"w","attempt":1}',
    });
    client.job('waiting', { timeoutMs: 100 });
    const ends = [await client.hear('result'), await client.hear('result')];
    expect(ends.map(({ id, error }) => [id, (error as { code: string }).code]).sort()).toEqual([
      ['running', 'timeout'],
      ['waiting', 'expired'],
    ]);
  });

  it('tells of jobs that will not be run again', async () => {
    const work = await rig.worker();
    const { url } = await rig.gateway();
    const client = await rig.client(url);
    client.job('1');
    await (await work.next()).reject({ code: 'worker_lost', message: 'it killed three workers' });
    expect(await client.hear('result')).toMatchObject({
      id: '1',
      ok: false,
      error: { code: 'worker_lost', message: 'it killed three workers' },
    });
  });

  it('fails a job that nobody consumes for longer than it may wait', async () => {
    const consumer = await rig.broker.consume({
      names: ['work'],
      prefetch: 1,
      onJob: () => undefined,
    });
    await consumer.stop();
    const { url } = await rig.gateway({ noWorkersSeconds: 0.05 });
    const client = await rig.client(url);
    client.job('1');
    expect(await client.hear('result')).toMatchObject({ error: { code: 'no_workers' } });
  });

  it('gives a session and what is kept for it to the newest connection', async () => {
    const work = await rig.worker();
    const { url } = await rig.gateway();
    const first = await rig.client(url);
    for (const id of ['done', 'open', 'acknowledged']) first.job(id);
    const [done, open, acknowledged] = await work.take(3);
    await rig.answer(done as JobDelivery, 1);
    await rig.answer(acknowledged as JobDelivery, 2);
    await first.hear('result');
    await first.hear('result');
    first.say({ type: 'ack', id: 'acknowledged' });
    first.say({ type: 'cancel', id: 'acknowledged' });
    await first.hear('error');
    const { session, clientId } = first.hello;
    const second = await rig.client(url);
    second.say({ type: 'resume', session });
    expect(await second.inbox.next()).toEqual({
      type: 'resumed',
      session,
      clientId,
      open: ['open'],
    });
    expect(await second.inbox.next()).toEqual({ type: 'result', id: 'done', ok: true, value: 1 });
    expect(await first.closed).toBe(4001);
    await rig.answer(open as JobDelivery, 3);
    expect(await second.inbox.next()).toMatchObject({ type: 'result', id: 'open', value: 3 });
  });

  it.each(['kill', 'leave'] as const)(
    'has all of a session when its client comes from another gateway (%s)',
    async (how) => {
      const work = await rig.worker();
      const [one, two] = [await rig.gateway(), await rig.gateway()];
      const first = await rig.client(one.url);
      for (const id of ['a', 'b', 'c', 'd']) first.job(id);
      const deliveries = await work.take(4);
      for (let count = 0; count < 4; count++) await first.hear('accepted');
      await rig.answer(deliveries[0] as JobDelivery, 'a');
      await rig.answer(deliveries[1] as JobDelivery, 'b');
      await first.hear('result');
      await first.hear('result');
      first.say({ type: 'ack', id: 'b' });
      first.say({ type: 'cancel', id: 'b' });
      await first.hear('error');
      if (how === 'kill') await one.gateway.kill();
      const { session, clientId } = first.hello;
      const second = await rig.client(two.url);
      second.say({ type: 'resume', session });
      const resumed = await second.hear('resumed', 'error');
      expect(resumed).toMatchObject({ type: 'resumed', session, clientId });
      // A letter that is on its way from one to the other may still be counted as open.
      const open = (resumed['open'] as string[]).filter((id) => how === 'kill' || id !== 'a');
      expect(open.sort()).toEqual(['c', 'd']);
      await rig.answer(deliveries[2] as JobDelivery, 'c');
      second.job('e');
      await rig.answer(await work.next(), 'e');
      await rig.answer(deliveries[3] as JobDelivery, 'd');
      const values: unknown[] = [];
      while (values.length < 4) values.push((await second.hear('result'))['value']);
      expect(values.sort()).toEqual(['a', 'c', 'd', 'e']);
      if (how === 'leave') expect(await first.closed).toBe(4001);
    },
  );

  test.each([
    ['kill', 'kill', 'kill'],
    ['kill', 'leave', 'kill'],
    ['leave', 'kill', 'leave'],
    ['leave', 'leave', 'leave'],
  ])(
    'has all of a session that has gone on through several gateways (%s, %s, %s)',
    async (...ways) => {
      const work = await rig.worker();
      const deliveries: JobDelivery[] = [];
      // A client beside it makes the mailboxes known before they are asked for.
      const others: RawClient[] = [];
      let session: unknown = null;
      let otherSession: unknown = null;
      for (const [step, how] of [...ways, 'stay'].entries()) {
        const { gateway, url } = await rig.gateway();
        const other = await rig.client(url);
        others.push(other);
        const client = await rig.client(url);
        if (step === 0) [session, otherSession] = [client.hello['session'], other.hello['session']];
        else {
          other.say({ type: 'resume', session: otherSession });
          client.say({ type: 'resume', session });
          await other.hear('resumed', 'error');
          const { open } = await client.hear('resumed');
          const wanted = deliveries.map((_, index) => `job-${String(index)}`);
          expect([...(open as string[])].sort()).toEqual(wanted);
        }
        if (how === 'stay') {
          for (const [index, delivery] of deliveries.entries()) await rig.answer(delivery, index);
          const values: unknown[] = [];
          while (values.length < deliveries.length)
            values.push((await client.hear('result'))['value']);
          expect(values.sort()).toEqual([0, 1, 2]);
        } else {
          client.job(`job-${String(step)}`);
          await client.hear('accepted');
          deliveries.push(await work.next());
          if (how === 'kill') await gateway.kill();
        }
      }
    },
  );

  it('follows a session from gateway to gateway, and home again', async () => {
    const work = await rig.worker();
    const [one, two, three] = [await rig.gateway(), await rig.gateway(), await rig.gateway()];
    const first = await rig.client(one.url);
    first.job('1');
    await first.hear('accepted');
    const delivery = await deliver(work);
    const { session } = first.hello;
    for (const { url } of [two, three, one, three]) {
      const next = await rig.client(url);
      next.say({ type: 'resume', session });
      expect(await next.inbox.next()).toMatchObject({ type: 'resumed', open: ['1'] });
    }
    await one.gateway.kill();
    await three.gateway.kill();
    const last = await rig.client(two.url);
    last.say({ type: 'resume', session });
    expect(await last.inbox.next()).toMatchObject({ type: 'resumed', open: ['1'] });
    await rig.answer(delivery, 'at last');
    expect(await last.hear('result')).toMatchObject({ id: '1', value: 'at last' });
  });

  it('refuses jobs while the broker is closed, and says so at /readyz', async () => {
    const { url } = await rig.gateway();
    const client = await rig.client(url);
    await rig.broker.close();
    client.job('1');
    expect(await client.hear('error')).toMatchObject({ code: 'broker_unavailable', id: '1' });
    const ready = await fetch(url.replace('ws:', 'http:').replace('/jobs', '/readyz'));
    expect(ready.status).toBe(503);
  });

  it('waits for what is open when it ends, takes nothing new, and goes with 1001', async () => {
    const work = await rig.worker();
    const { gateway, url } = await rig.gateway({ drainSeconds: 60 });
    const client = await rig.client(url);
    client.job('1');
    const delivery = await deliver(work);
    const closed = gateway.close();
    client.job('2');
    expect(await client.hear('error')).toMatchObject({ code: 'broker_unavailable', id: '2' });
    await rig.answer(delivery, 1);
    expect(await client.hear('result')).toMatchObject({ id: '1' });
    expect(await client.closed).toBe(1001);
    await closed;
  });

  it('lets in who has the token, from pages of its own machine or of allowed origins', async () => {
    const { url } = await rig.gateway({
      token: 'open-sesame',
      allowedOrigins: ['https://app.example'],
    });
    const statusOf = async (target: string, headers: Record<string, string>): Promise<number> => {
      const client = new RawClient(target, { headers });
      const status = await new Promise<number>((resolve) => {
        client.socket.on('unexpected-response', (_request, { statusCode = 0 }) => {
          resolve(statusCode);
        });
        client.socket.on('open', () => {
          resolve(101);
        });
      });
      await client.end();
      return status;
    };
    const right = { authorization: 'Bearer open-sesame' };
    expect(await statusOf(url, {})).toBe(401);
    expect(await statusOf(url, { authorization: 'Bearer wrong' })).toBe(401);
    expect(await statusOf(`${url}?token=open-sesame`, {})).toBe(101);
    expect(await statusOf(url, right)).toBe(101);
    expect(await statusOf(url, { ...right, origin: 'https://evil.example' })).toBe(403);
    expect(await statusOf(url, { ...right, origin: 'https://app.example' })).toBe(101);
    expect(await statusOf(url.replace('/jobs', '/else'), right)).toBe(404);
  });

  it('is not hurt by ten megabytes of garbage from who does not read the answers', async () => {
    await rig.echo();
    const { gateway, url } = await rig.gateway({ maxJobsPerClient: 1 });
    const [hostile, other] = [await rig.client(url), await rig.client(url)];
    hostile.socket.pause();
    for (let count = 0; count < 100_000; count++) hostile.say({ type: '?', id: 'x'.repeat(128) });
    other.job('1');
    expect(await other.hear('result')).toMatchObject({ id: '1' });
    const dropped = (): boolean =>
      gateway.events.recent(1000).some(({ type }) => type === 'client.dropped');
    await waitUntil(
      () => (dropped() ? true : undefined),
      () => 'it was not dropped',
    );
  });

  it('sends a client that reads slowly the newest progress, and every result', async () => {
    const work = await rig.worker();
    const { url } = await rig.gateway();
    const client = await rig.client(url);
    client.job('1');
    const delivery = await deliver(work);
    const { replyTo, correlationId } = delivery.job;
    client.socket.pause();
    const count = 3000;
    for (let n = 1; n <= count; n++) {
      const body = JSON.stringify({ n, text: 'x'.repeat(10_000) });
      rig.broker.tell(replyTo, { kind: 'progress', correlationId, body });
    }
    await rig.answer(delivery, 'all');
    client.socket.resume();
    expect(await client.hear('result')).toMatchObject({ value: 'all' });
    expect(client.inbox.all.length).toBeLessThan(count);
  });

  it('shows dead letters, and puts one in its queue again', async () => {
    const work = await rig.worker();
    const { url } = await rig.gateway();
    const client = await rig.client(url);
    client.job('1');
    await (await work.next()).reject({ code: 'rejected', message: 'no' });
    await client.hear('result');
    const base = url.replace('ws:', 'http:').replace('/jobs', '');
    const { letters } = (await (await fetch(`${base}/api/dead`)).json()) as { letters: object[] };
    expect(letters).toMatchObject([{ reason: { code: 'rejected' }, attempts: 1 }]);
    const id = `${String(client.hello['clientId'])}/1`;
    const replay = (): Promise<Response> =>
      fetch(`${base}/api/dead/replay`, { method: 'POST', body: JSON.stringify({ id }) });
    expect((await fetch(`${base}/api/dead?id=${encodeURIComponent(id)}`)).status).toBe(200);
    expect((await replay()).status).toBe(200);
    expect((await work.next()).job.id).toBe(id);
    expect((await replay()).status).toBe(404);
  });

  it('explains the way of a job, by the id of its client or by the whole one', async () => {
    await rig.echo();
    const { gateway, url } = await rig.gateway();
    const clients = [await rig.client(url), await rig.client(url)];
    for (const client of clients) {
      client.job('1');
      await client.hear('result');
    }
    expect(gateway.explain('1')).toHaveLength(2);
    const id = `${String(clients[0]?.hello['clientId'])}/1`;
    const base = url.replace('ws:', 'http:').replace('/jobs', '');
    const answer = await fetch(`${base}/api/jobs/explain?id=${encodeURIComponent(id)}`);
    expect(await answer.json()).toMatchObject({
      id: '1',
      name: 'work',
      state: 'done',
      attempts: 0,
    });
    expect((await fetch(`${base}/api/jobs/explain?id=1`)).status).toBe(409);
    expect((await fetch(`${base}/api/jobs/explain?id=none`)).status).toBe(404);
    const metrics = await (await fetch(`${base}/metrics`)).text();
    expect(metrics).toContain('vigil_jobs_ended_total{state="done"} 2');
  });
});

async function deliver(work: { next(): Promise<JobDelivery> }): Promise<JobDelivery> {
  return work.next();
}
