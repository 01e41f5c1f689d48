import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import WebSocket from 'ws';
import type { JobClientOptions } from '../../lib/jobs/client/job-client.ts';
import { JobClient } from '../../lib/jobs/client/job-client.ts';
import type { ClientSocketClass } from '../../lib/jobs/client/client-socket.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { GatewayRig } from './gateway/gateway-rig.ts';

describe('JobClient', () => {
  let rig: GatewayRig;
  const clients: JobClient[] = [];

  beforeEach(async () => {
    rig = await GatewayRig.open();
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await rig.end();
  });

  function connect(
    url: string | readonly string[],
    rest: Partial<JobClientOptions> = {},
  ): JobClient {
    const socketClass = WebSocket as unknown as ClientSocketClass;
    const client = new JobClient({ url, WebSocket: socketClass, minDelayMs: 1, ...rest });
    clients.push(client);
    return client;
  }

  it('brings the value of a job, its start and its progress', async () => {
    const work = await rig.worker();
    const { url } = await rig.gateway({ token: 'open-sesame' });
    const heard: unknown[] = [];
    const client = connect(url, { token: 'open-sesame' });
    const submitted = client.submit(
      'work',
      { a: 1 },
      {
        onStarted: (about) => heard.push(about),
        onProgress: (value) => heard.push(value),
      },
    );
    const delivery = await work.next();
    const { replyTo, correlationId, args } = delivery.job;
    expect(JSON.parse(args)).toEqual({ a: 1 });
    rig.broker.tell(replyTo, {
      kind: 'started',
      correlationId,
      body: '{"worker":"w","attempt":2}',
    });
    rig.broker.tell(replyTo, { kind: 'progress', correlationId, body: '0.5' });
    await rig.answer(delivery, 'done');
    expect(await submitted).toBe('done');
    expect(heard).toEqual([{ worker: 'w', attempt: 2 }, 0.5]);
    expect(client.open).toEqual([]);
  });

  it('rejects with the code of what went wrong', async () => {
    const work = await rig.worker();
    const { url } = await rig.gateway();
    const client = connect(url);
    const failing = client.submit('work');
    await rig.reply(await work.next(), { ok: false, error: { code: 'my_code', message: 'no' } });
    await expect(failing).rejects.toMatchObject({
      name: 'JobError',
      code: 'my_code',
      message: 'no',
    });
    await expect(client.submit('nobody')).rejects.toMatchObject({ code: 'unroutable' });
    await expect(client.submit('work', null, { priority: 11 })).rejects.toMatchObject({
      code: 'bad_message',
    });
  });

  it('cancels by call or by signal, also what was not sent yet', async () => {
    const work = await rig.worker(1);
    const { url } = await rig.gateway();
    const client = connect(url);
    void client.submit('work').catch(() => undefined);
    await work.next();
    const abort = new AbortController();
    const waiting = [client.submit('work'), client.submit('work', null, { signal: abort.signal })];
    waiting[0]?.cancel();
    abort.abort();
    for (const job of waiting) await expect(job).rejects.toMatchObject({ code: 'cancelled' });
    const unsent = connect('ws://127.0.0.1:9/jobs').submit('work');
    unsent.cancel();
    await expect(unsent).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('goes on at another gateway with what is open, when its own is gone', async () => {
    const work = await rig.worker();
    const [one, two] = [await rig.gateway(), await rig.gateway()];
    const client = connect([one.url, two.url]);
    const submitted = ['a', 'b', 'c'].map((id) => client.submit('work', id, { id }));
    const deliveries = await work.take(3);
    await rig.answer(deliveries[0] as never, 'a');
    expect(await submitted[0]).toBe('a');
    const session = client.session;
    const killed = one.gateway.kill();
    await rig.answer(deliveries[1] as never, 'b');
    await killed;
    const later = client.submit('work', 'd');
    await rig.answer(await work.next(), 'd');
    await rig.answer(deliveries[2] as never, 'c');
    expect(await Promise.all([...submitted, later])).toEqual(['a', 'b', 'c', 'd']);
    expect(client.session).toBe(session);
    expect(work.all).toHaveLength(4);
  });

  it('sends again what it has open when nothing is known of its session', async () => {
    const work = await rig.worker();
    const [one, two] = [await rig.gateway(), await rig.gateway()];
    const client = connect([one.url, two.url], {
      session: `${'a'.repeat(36)}.${'b'.repeat(36)}`,
    });
    const submitted = client.submit('work');
    await rig.answer(await work.next(), 1);
    expect(await submitted).toBe(1);
  });

  it('rejects what is open when it is closed, and takes nothing more', async () => {
    const { url } = await rig.gateway();
    const client = connect(url);
    const submitted = client.submit('work');
    client.close();
    await expect(submitted).rejects.toMatchObject({ code: 'closed' });
    await expect(client.submit('work')).rejects.toMatchObject({ code: 'closed' });
    expect(client.state).toBe('closed');
  });

  it('gives up a gateway that takes the connection and says nothing, and says so', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const work = await rig.worker();
    const { url } = await rig.gateway();
    const { port } = silent.address() as AddressInfo;
    const errors: unknown[] = [];
    const client = connect([`ws://127.0.0.1:${String(port)}/jobs`, url], {
      connectTimeoutMs: 50,
      token: 'not-to-be-told',
      onConnectError: (error) => errors.push(error),
    });
    const submitted = client.submit('work');
    await rig.answer(await work.next(), 'done');
    expect(await submitted).toBe('done');
    expect(errors[0]).toMatchObject({
      name: 'JobError',
      code: 'connect_timeout',
      message: `ws://127.0.0.1:${String(port)}/jobs has said nothing for 50 ms`,
    });
    silent.close();
  });

  it('waits as long as it takes once it was let in', async () => {
    const clock = new ManualClock();
    const work = await rig.worker();
    const { url } = await rig.gateway();
    const errors: unknown[] = [];
    const client = connect(url, { clock, onConnectError: (error) => errors.push(error) });
    const submitted = client.submit('work');
    const delivery = await work.next();
    clock.advance(3_600_000);
    await rig.answer(delivery, 'done');
    expect(await submitted).toBe('done');
    expect(errors).toEqual([]);
  });

  it('says that it could not connect, and tries again', async () => {
    const refused = createServer();
    await once(refused.listen(0, '127.0.0.1'), 'listening');
    const { port } = refused.address() as AddressInfo;
    await new Promise((resolve) => refused.close(resolve));
    const codes: string[] = [];
    await new Promise<void>((resolve) => {
      connect(`ws://127.0.0.1:${String(port)}/jobs`, {
        onConnectError: ({ code }) => {
          if (codes.push(code) === 2) resolve();
        },
      });
    });
    expect(codes).toEqual(['connect_failed', 'connect_failed']);
  });
});
