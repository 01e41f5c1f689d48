import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { LwesEmitter } from '../../lib/lwes/lwes-emitter.ts';
import type { LwesEvent } from '../../lib/lwes/lwes-event.ts';
import { LwesListener, type LwesListenerOptions } from '../../lib/lwes/lwes-listener.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { waitUntil } from '../support/wait-until.ts';

const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  await assertNoLeaks();
});

const tick = (n: number): LwesEvent => ({
  name: 'Tick',
  attributes: [{ name: 'n', type: 'int32', value: n }],
});

interface Heard {
  readonly listener: LwesListener;
  readonly events: LwesEvent[];
  readonly emitter: LwesEmitter;
  waitForReceived(count: number): Promise<void>;
  close(): Promise<void>;
}

async function listen(options: Partial<LwesListenerOptions> = {}): Promise<Heard> {
  const listener = new LwesListener({ host: '127.0.0.1', port: 0, ...options });
  opened.push(listener);
  const events: LwesEvent[] = [];
  listener.on('event', (event) => events.push(event));
  await listener.start();
  const emitter = new LwesEmitter(listener.address);
  opened.push(emitter);
  return {
    listener,
    events,
    emitter,
    waitForReceived: async (count) => {
      await waitUntil(
        () => (listener.stats.received >= count ? true : undefined),
        () => JSON.stringify(listener.stats),
      );
    },
    close: async () => {
      await emitter.close();
      await listener.close();
    },
  };
}

const numbersOf = (events: readonly LwesEvent[]): unknown[] =>
  events.map(({ attributes }) => attributes.find(({ name }) => name === 'n')?.value);

describe('LwesListener', () => {
  it('tells events in the order in which they were sent, with when and whence they came', async () => {
    const heard = await listen();
    const datagrams: { senderPort: number; receivedAtMs: number }[] = [];
    heard.listener.on('datagram', (datagram) => datagrams.push(datagram));
    for (let n = 0; n < 300; n++) heard.emitter.emit(tick(n));
    await heard.waitForReceived(300);
    expect(numbersOf(heard.events)).toEqual(Array.from({ length: 300 }, (_, n) => n));
    const [first] = datagrams;
    expect(heard.events[0]?.attributes).toEqual([
      { name: 'n', type: 'int32', value: 0 },
      { name: 'ReceiptTime', type: 'int64', value: BigInt(first?.receivedAtMs ?? 0) },
      { name: 'SenderIP', type: 'ip_addr', value: '127.0.0.1' },
      { name: 'SenderPort', type: 'uint16', value: first?.senderPort },
    ]);
    expect(heard.listener.stats).toMatchObject({ received: 300, malformed: 0, kernelDrops: 0 });
    await heard.close();
  });

  it('respects what an earlier receiver has added, where it is told to', async () => {
    const earlier: LwesEvent = {
      name: 'T',
      attributes: [
        { name: 'ReceiptTime', type: 'int64', value: 1439588532973n },
        { name: 'SenderIP', type: 'ip_addr', value: '10.0.0.1' },
        { name: 'SenderPort', type: 'uint16', value: 58206 },
      ],
    };
    const [added, respected, none] = await Promise.all([
      listen(),
      listen({ receiverAttributes: 'respect' }),
      listen({ receiverAttributes: 'none' }),
    ]);
    for (const heard of [added, respected, none]) {
      heard.emitter.emit(earlier);
      heard.emitter.emit(tick(1));
      await heard.waitForReceived(2);
      await heard.close();
    }
    expect(added.events[0]?.attributes[1]?.value).toBe('127.0.0.1');
    expect(added.events[0]?.attributes).toHaveLength(3);
    expect(respected.events[0]).toEqual(earlier);
    expect(respected.events[1]?.attributes).toHaveLength(4);
    expect(none.events[1]).toEqual(tick(1));
  });

  it('counts what is no event by its fault, and goes on', async () => {
    const heard = await listen();
    const faults: string[] = [];
    heard.listener.on('malformed', (fault, { bytes }) => faults.push(`${fault} ${bytes.length}`));
    for (const hex of ['', '0154', '0154000000', '015400010176ff00'])
      heard.emitter.emitBytes(Buffer.from(hex, 'hex'));
    heard.emitter.emit(tick(1));
    await heard.waitForReceived(5);
    expect(faults).toEqual(['truncated 0', 'truncated 2', 'trailing 5', 'type 8']);
    expect(numbersOf(heard.events)).toEqual([1]);
    expect(heard.listener.stats).toMatchObject({
      received: 5,
      malformed: 4,
      malformedBy: { truncated: 2, trailing: 1, type: 1 },
    });
    await heard.close();
  });

  it('lets no subscriber that throws harm another one', async () => {
    const heard = await listen();
    const troubles: string[] = [];
    const broken = (): never => {
      throw new Error('broken');
    };
    const late: string[] = [];
    heard.listener.on('event', broken).on('datagram', broken).on('trouble', broken);
    heard.listener.on('trouble', ({ message }) => troubles.push(message));
    heard.listener.on('event', ({ name }) => late.push(name));
    heard.emitter.emit(tick(1));
    await heard.waitForReceived(1);
    heard.listener.off('event', broken).off('datagram', broken).off('trouble', broken);
    heard.emitter.emit(tick(2));
    await heard.waitForReceived(2);
    expect(late).toEqual(['Tick', 'Tick']);
    expect(troubles).toEqual(['broken', 'broken']);
    expect(heard.listener.stats.subscriberErrors).toBe(4);
    await heard.close();
  });

  it('accounts for every one of 100,000 events, those included that the kernel drops as nobody reads', async () => {
    const heard = await listen({ receiveBufferBytes: 1 });
    let told = 0;
    heard.listener.on('dropped', (count) => (told += count));
    for (let n = 0; n < 100_000; n++) heard.emitter.emit(tick(n));
    await heard.emitter.flush();
    expect(heard.emitter.stats).toEqual({ sent: 100_000, failed: 0, dropped: 0 });
    heard.emitter.emit(tick(-1));
    await heard.close();
    const { received, kernelDrops } = heard.listener.stats;
    expect(kernelDrops).toBeGreaterThan(0);
    expect(received + (kernelDrops ?? 0)).toBe(heard.emitter.stats.sent);
    expect(told).toBe(kernelDrops);
    const numbers = numbersOf(heard.events) as number[];
    expect(numbers).toEqual([...numbers].sort((a, b) => (a < 0 ? 1 : b < 0 ? -1 : a - b)));
  });

  it('reads what came before it is closed, and ends once', async () => {
    const heard = await listen();
    for (let n = 0; n < 300; n++) heard.emitter.emit(tick(n));
    await Promise.all([heard.listener.close(), heard.listener.close()]);
    expect(heard.events).toHaveLength(300);
    expect(heard.listener.readKernelDrops()).toBe(0);
    await heard.emitter.close();
    await expect(heard.listener.start()).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    await new LwesListener({ host: '127.0.0.1', port: 0 }).close();
  });

  it('hears what is sent to an IPv6 address', async () => {
    const heard = await listen({ host: '::1' });
    heard.emitter.emit(tick(1));
    await heard.waitForReceived(1);
    expect(heard.events[0]?.attributes[2]?.value).toBe('0.0.0.0');
    expect(heard.listener.stats.kernelDrops).toBe(0);
    await heard.close();
  });

  it('says why it cannot listen', async () => {
    const taken = createSocket('udp4').bind(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address();
    await expect(new LwesListener({ host: '127.0.0.1', port }).start()).rejects.toMatchObject({
      code: 'ERR_LWES_SOCKET',
      message: expect.stringMatching(/^cannot listen at 127\.0\.0\.1:\d+: .*EADDRINUSE/) as string,
    });
    taken.close();
    await once(taken, 'close');
    const group = new LwesListener({ host: '224.9.9.9', port: 0, interface: '198.51.100.7' });
    await expect(group.start()).rejects.toMatchObject({ code: 'ERR_LWES_SOCKET' });
    expect(() => new LwesListener({ host: 'example.org', port: 1 })).toThrow('host: expected');
    expect(() => new LwesListener({ host: '127.0.0.1', port: 65_536 })).toThrow('port: expected');
  });
});
