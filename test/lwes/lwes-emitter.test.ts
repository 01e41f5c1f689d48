import type { VigilError } from '../../lib/errors.ts';
import { decodeEvent } from '../../lib/lwes/decode-event.ts';
import { LwesEmitterGroup } from '../../lib/lwes/lwes-emitter-group.ts';
import { LwesEmitter, type LwesEmitterOptions } from '../../lib/lwes/lwes-emitter.ts';
import type { LwesEvent } from '../../lib/lwes/lwes-event.ts';
import { createHeartbeat, readHeartbeat } from '../../lib/lwes/lwes-heartbeat.ts';
import { ManualClock } from '../../lib/util/manual-clock.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { openUdpInbox, type UdpInbox } from '../support/udp-inbox.ts';
import { waitUntil } from '../support/wait-until.ts';

let inbox: UdpInbox;

beforeEach(async () => {
  inbox = await openUdpInbox();
});

afterEach(async () => {
  await inbox.close();
  await assertNoLeaks();
});

const tick = (n: number): LwesEvent => ({
  name: 'Tick',
  attributes: [{ name: 'n', type: 'int32', value: n }],
});

const here = (): LwesEmitterOptions => ({ host: '127.0.0.1', port: inbox.port });

describe('LwesEmitter', () => {
  it('sends events in order, and nothing of its own without heartbeats', async () => {
    const emitter = new LwesEmitter(here());
    for (let n = 0; n < 50; n++) expect(emitter.emit(tick(n))).toBe(true);
    const events = (await inbox.waitFor(50)).map((bytes) => decodeEvent(bytes));
    expect(events).toEqual(Array.from({ length: 50 }, (_, n) => tick(n)));
    await emitter.close();
    expect(emitter.stats).toEqual({ sent: 50, failed: 0, dropped: 0 });
  });

  it('says when it starts, at each beat of its clock, and when it is closed, in the form of the C library', async () => {
    const clock = new ManualClock();
    const emitter = new LwesEmitter({ ...here(), heartbeatSeconds: 60 }, { clock });
    for (let n = 0; n < 5; n++) emitter.emit(tick(n));
    await emitter.flush();
    clock.advance(60_000);
    clock.advance(60_000);
    for (let n = 0; n < 4; n++) emitter.emit(tick(n));
    await emitter.flush();
    clock.advance(2000);
    await emitter.close();
    expect(clock.waiting).toBe(0);
    const all = (await inbox.waitFor(13)).map((bytes) => bytes.toString('hex'));
    const own = all.filter((hex) => !hex.startsWith('045469636b'));
    const beat = (name: string, [total, count, freq, seq]: readonly string[]): string =>
      `${name}000405746f74616c0700000000000000${total}05636f756e740700000000000000${count}` +
      `04667265710200${freq}037365710700000000000000${seq}`;
    expect(own).toEqual([
      '0f53797374656d3a3a537461727475700000',
      beat('1153797374656d3a3a486561727462656174', ['05', '05', '3c', '01']),
      beat('1153797374656d3a3a486561727462656174', ['05', '00', '3c', '02']),
      beat('1053797374656d3a3a53687574646f776e', ['09', '04', '02', '02']),
    ]);
    expect(all[0]).toBe(own[0]);
    expect(all.at(-1)).toBe(own.at(-1));
  });

  it('takes nothing after its end, and counts it', async () => {
    const emitter = new LwesEmitter(here());
    await Promise.all([emitter.close(), emitter.close()]);
    expect(emitter.emit(tick(1))).toBe(false);
    expect(emitter.stats).toEqual({ sent: 0, failed: 0, dropped: 1 });
  });

  it('counts what the network refuses, and tells it once', async () => {
    const troubles: VigilError[] = [];
    const emitter = new LwesEmitter(
      // No interface of this machine has the address.
      { host: '224.9.9.9', port: 9, interface: '198.51.100.7' },
      {
        onTrouble: (error) => {
          troubles.push(error);
          throw new Error('a listener that is broken');
        },
      },
    );
    expect(troubles.map(({ code }) => code)).toEqual(['ERR_LWES_SOCKET']);
    // Sent by another interface, they would come where they should not.
    expect(emitter.emit(tick(1))).toBe(true);
    expect(emitter.stats).toEqual({ sent: 0, failed: 1, dropped: 0 });
    await emitter.close();

    const large = new LwesEmitter(here(), { onTrouble: (error) => troubles.push(error) });
    for (let n = 0; n < 3; n++) large.emitBytes(Buffer.alloc(65_508));
    await waitUntil(
      () => (large.stats.failed === 3 ? true : undefined),
      () => JSON.stringify(large.stats),
    );
    expect(troubles.slice(1).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^cannot send events to 127\.0\.0\.1:\d+: .*EMSGSIZE/),
    ]);
    large.emit(tick(1));
    await large.flush();
    large.emitBytes(Buffer.alloc(65_508));
    await large.flush();
    expect(troubles).toHaveLength(3);
    await large.close();
  });

  it.each([
    [{ host: 'localhost' }, 'host: expected an IPv4 or IPv6 address, found "localhost"'],
    [{ port: 0 }, 'port: expected a whole number from 1 to 65535, found 0'],
    [{ interface: 'eth0' }, 'interface: expected an address of this machine, found "eth0"'],
    [{ ttl: 256 }, 'ttl: expected a whole number up to 255, found 256'],
    [{ heartbeatSeconds: 40_000 }, 'heartbeatSeconds: expected seconds up to 32767, found 40000'],
  ])('refuses %j', (wrong, message) => {
    expect(() => new LwesEmitter({ ...here(), ...wrong })).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT', message }) as Error,
    );
  });
});

describe('LwesEmitterGroup', () => {
  it('sends each event to some of its members, beginning one further each time', async () => {
    const inboxes = [inbox, await openUdpInbox(), await openUdpInbox()];
    const emitters = inboxes.map(({ port }) => new LwesEmitter({ host: '127.0.0.1', port }));
    const group = new LwesEmitterGroup(emitters, 2);
    for (let n = 0; n < 6; n++) expect(group.emit(tick(n))).toBe(true);
    await group.flush();
    const numbers = await Promise.all(
      inboxes.map(async (one) =>
        (await one.waitFor(4)).map((bytes) => decodeEvent(bytes).attributes[0]?.value),
      ),
    );
    expect(numbers).toEqual([
      [0, 2, 3, 5],
      [0, 1, 3, 4],
      [1, 2, 4, 5],
    ]);
    await group.close();
    expect(group.emit(tick(7))).toBe(false);
    expect(emitters.map(({ stats }) => stats.dropped)).toEqual([1, 1, 0]);
    await Promise.all(inboxes.slice(1).map((one) => one.close()));
  });

  it('may be a member of another, and sends to all when nothing else is said', async () => {
    const emitters = [1, 2, 3].map(() => new LwesEmitter(here()));
    const [first, ...others] = emitters;
    if (first === undefined) throw new Error('no emitter');
    const group = new LwesEmitterGroup([first, new LwesEmitterGroup(others, 1)]);
    for (let n = 0; n < 4; n++) group.emit(tick(n));
    await inbox.waitFor(8);
    expect(emitters.map(({ stats }) => stats.sent)).toEqual([4, 2, 2]);
    await group.close();
  });

  it.each([0, 2, 1.5])('refuses to send to %d of one member', async (sendTo) => {
    const emitter = new LwesEmitter(here());
    expect(() => new LwesEmitterGroup([emitter], sendTo)).toThrow(
      'sendTo: expected a whole number',
    );
    await emitter.close();
  });
});

describe('a heartbeat', () => {
  const beat = { sinceMs: 60_000, seq: 1n, count: 5n, total: 7n };

  it('is read in seconds from C, in milliseconds from Java', () => {
    const event = createHeartbeat('System::Heartbeat', beat);
    expect(readHeartbeat(event)).toEqual(beat);
    const attributes = event.attributes.map((one) =>
      one.name === 'freq' ? ({ name: 'freq', type: 'int64', value: 60_000n } as const) : one,
    );
    expect(readHeartbeat({ name: 'System::Shutdown', attributes })).toEqual(beat);
  });

  it('is none without all of it, or of another name', () => {
    const event = createHeartbeat('System::Heartbeat', beat);
    expect(readHeartbeat({ ...event, name: 'Tick' })).toBeNull();
    for (const { name } of event.attributes) {
      const attributes = event.attributes.filter((one) => one.name !== name);
      expect(readHeartbeat({ ...event, attributes })).toBeNull();
    }
  });

  it('says no longer time than its type can', () => {
    const [, , freq] = createHeartbeat('System::Shutdown', { ...beat, sinceMs: 1e9 }).attributes;
    expect(freq).toMatchObject({ name: 'freq', value: 32_767 });
  });
});
