import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StreamServer } from '../../lib/stream/stream-server.ts';
import type { StreamEvent } from '../../lib/stream/stream-event.ts';
import type { StreamOptions } from '../../lib/stream/stream-options.ts';
import { EventSender, findUdpPort, makeEvent } from '../stream-process/event-sender.ts';
import { request } from '../support/request.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { StreamTestClient } from '../stream-process/stream-client.ts';

let server: StreamServer;
let url: string;
let port: number;
let sender: EventSender;
let told: StreamEvent[];
const clients: StreamTestClient[] = [];

beforeEach(async () => {
  port = await findUdpPort();
  sender = new EventSender(port);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  await server.close();
  await sender.close();
});

async function start(options: StreamOptions = {}): Promise<void> {
  told = [];
  server = new StreamServer({ port: 0, ...options });
  server.events.subscribe((event) => told.push(event));
  ({ url } = await server.start());
}

async function dial(config?: object): Promise<StreamTestClient> {
  const client = await StreamTestClient.open(url);
  clients.push(client);
  if (config !== undefined) await client.configure({ ip: '127.0.0.1', port, ...config });
  return client;
}

async function settle(events: number): Promise<void> {
  await waitUntil(
    () => (server.channels[0]?.received === events ? true : undefined),
    () => `${server.channels[0]?.received} datagrams were read instead of ${events}`,
  );
}

function projections(): number[] {
  const configs = server.channels.flatMap(({ keys }) => keys.flatMap((key) => key.configs));
  return [...new Map(configs.map((config) => [config.id, config.projections])).values()];
}

/** How many sockets receive on the port. */
async function countSockets(): Promise<number> {
  const table = await readFile('/proc/net/udp', 'utf8');
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  return table.split(local).length - 1;
}

describe('StreamServer', () => {
  it('sends a client what it asked for, in batches', async () => {
    await start();
    const client = await dial({ batchSize: 2, requests: { Search: ['term', 'lat'] } });
    await sender.send(makeEvent('Search', { term: 'pizza', count: 3, lat: 5 }));
    await sender.send(makeEvent('Click', { term: 'pasta' }));
    await sender.send(makeEvent('Search', { count: 4 }));
    await client.waitForMessages(1);
    expect(client.texts).toEqual([
      '{"type":"data","msg":"","data":[{"name":"Search","attrs":{"term":"pizza","lat":5}},{"name":"Search","attrs":{}}]}',
    ]);
    expect(told.map(({ type }) => type)).toEqual(['channel.opened', 'client.joined']);
  });

  it('sends what it has when the time of a batch is over, and an empty batch as a sign of life', async () => {
    await start();
    const client = await dial({ maxSecs: 1, requests: { '': ['n'] } });
    await sender.send(makeEvent('A', { n: 1 }));
    const [first, second] = await client.waitForMessages(2);
    expect(first?.data).toEqual([{ name: 'A', attrs: { n: 1 } }]);
    expect(second).toEqual({ type: 'data', msg: '', data: [] });
  });

  it('adds what the receiver knows where all attributes are asked for', async () => {
    await start();
    const client = await dial({ batchSize: 1, requests: { '': [] } });
    await sender.send(makeEvent('A', { n: 1 }));
    const [event] = await client.waitForEvents(1);
    expect(event).toEqual({
      name: 'A',
      attrs: {
        n: 1,
        ReceiptTime: expect.any(Number),
        SenderIP: '127.0.0.1',
        SenderPort: expect.any(Number),
      },
    });
  });

  it('lets a name go before the wildcard, and sends an event once', async () => {
    await start();
    const client = await dial({ batchSize: 2, requests: { '': ['a'], Ad: ['b'] } });
    for (const name of ['Ad', 'Click']) await sender.send(makeEvent(name, { a: 1, b: 2 }));
    expect(await client.waitForEvents(2)).toEqual([
      { name: 'Ad', attrs: { b: 2 } },
      { name: 'Click', attrs: { a: 1 } },
    ]);
    expect(server.channels[0]?.keys.map(({ key }) => key)).toEqual([
      `127.0.0.1:${port}`,
      `127.0.0.1:${port}Ad`,
    ]);
  });

  it('opens one socket for all clients of a channel, and none is left after the last', async () => {
    await start();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => dial({ requests: { A: [`a${at % 3}`] } })),
    );
    expect([await countSockets(), server.channels.length]).toEqual([1, 1]);
    await Promise.all(all.slice(1).map((client) => client.close()));
    expect(await countSockets()).toBe(1);
    await all[0]?.close();
    await waitUntil(
      async () => ((await countSockets()) === 0 ? true : undefined),
      () => 'the socket is still there',
    );
    expect(server.channels).toEqual([]);
    expect(told.at(-1)).toMatchObject({ type: 'channel.closed', channel: `127.0.0.1:${port}` });
  });

  it('looks at an event once for all clients of equal configurations, whatever their batches', async () => {
    await start();
    const wide = { requests: { A: ['x', 'y'] } };
    const narrow = { requests: { A: ['x'] } };
    const all = await Promise.all([
      dial({ ...wide, batchSize: 1 }),
      dial({ ...wide, batchSize: 10 }),
      dial({ ...narrow, batchSize: 1 }),
      dial({ ...narrow, batchSize: 2, maxSecs: 5 }),
    ]);
    for (let n = 0; n < 10; n += 1) await sender.send(makeEvent('A', { x: n, y: -n }));
    const got = await Promise.all(all.map((client) => client.waitForEvents(10)));
    expect(projections()).toEqual([10, 10]);
    expect(got[1]?.[9]).toEqual({ name: 'A', attrs: { x: 9, y: -9 } });
    expect(got[2]?.[9]).toEqual({ name: 'A', attrs: { x: 9 } });
    expect(got[0]).toEqual(got[1]);
    expect(got[2]).toEqual(got[3]);
  });

  it('keeps the order of one sender', async () => {
    await start();
    const client = await dial({ batchSize: 7, maxSecs: 1, requests: { '': ['n'] } });
    for (let n = 0; n < 300; n += 1) await sender.send(makeEvent('A', { n }));
    const events = await client.waitForEvents(300);
    expect(events.map(({ attrs }) => attrs['n'])).toEqual(Array.from({ length: 300 }, (_, n) => n));
  });

  it('disturbs nobody when others come and go a thousand times under traffic', async () => {
    await start();
    const steady = await dial({ batchSize: 9, requests: { '': ['n'] } });
    let isStorm = true;
    let sent = 0;
    const traffic = (async () => {
      while (isStorm || sent % 9 > 0) {
        await sender.send(makeEvent('A', { n: sent }));
        sent += 1;
        if (sent % 10 === 0) await new Promise(setImmediate);
      }
    })();
    for (let round = 0; round < 50; round += 1) {
      const guests = await Promise.all(
        Array.from({ length: 20 }, (_, at) => dial({ requests: { A: at % 2 ? [] : [`a${at}`] } })),
      );
      clients.length = 1;
      await Promise.all(guests.map((guest) => guest.close()));
    }
    isStorm = false;
    await traffic;
    await settle(sent);
    const events = await steady.waitForEvents(sent);
    expect(steady.messages.filter(({ msg }) => msg !== '')).toEqual([]);
    expect(events.map(({ attrs }) => attrs['n'])).toEqual(
      Array.from({ length: sent }, (_, n) => n),
    );
    expect(server.channels[0]?.kernelDrops).toBe(0);
    expect(server.channels[0]?.keys).toHaveLength(1);
  }, 60_000);

  it('drops the oldest for a client that does not read, tells it how many, and nobody else notices', async () => {
    await start({ queue: { maxEvents: 50 } });
    const slow = await dial({ batchSize: 10, requests: { '': ['n', 'text'] } });
    const quick = await dial({ batchSize: 10, requests: { '': ['n'] } });
    slow.socket.pause();
    const text = 'x'.repeat(20_000);
    const count = 2000;
    for (let n = 0; n < count; n += 1) {
      await sender.send(makeEvent('A', { n, text }));
      if (n % 20 === 0) await quick.waitForEvents(n - (n % 10));
    }
    await quick.waitForEvents(count);
    const load = server.channels[0]?.keys[0]?.configs.flatMap((config) => config.clients) ?? [];
    expect(load.every(({ queued }) => queued <= 50)).toBe(true);
    expect(load.some(({ dropped }) => dropped > 0)).toBe(true);
    slow.socket.resume();
    const dropped = (): number =>
      slow.messages.reduce(
        (sum, { msg }) => sum + Number(/^dropped (\d+)$/.exec(msg)?.[1] ?? 0),
        0,
      );
    await waitUntil(
      () => (slow.events.length + dropped() === count ? true : undefined),
      () => `${slow.events.length} delivered, ${dropped()} reported, ${count} sent`,
    );
    expect(dropped()).toBeGreaterThan(0);
    const numbers = slow.events.map(({ attrs }) => Number(attrs['n']));
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
    expect(told.some(({ type }) => type === 'client.dropped')).toBe(true);
  }, 60_000);

  it('lets a client go that is too slow, where it is to be so', async () => {
    await start({ queue: { maxEvents: 50 }, slowClients: 'disconnect' });
    const slow = await dial({ batchSize: 10, requests: { '': [] } });
    slow.socket.pause();
    const text = 'x'.repeat(20_000);
    await sendUntil(() => told.some(({ type }) => type === 'client.left'), { text });
    slow.socket.resume();
    expect(await slow.waitForClose()).toBe(1013);
    expect(slow.messages.at(-1)).toMatchObject({ type: 'error' });
    expect(told.at(-1)).toMatchObject({ type: 'channel.closed' });
    expect(told.find(({ type }) => type === 'client.left')).toMatchObject({ reason: 'tooSlow' });
  });

  it('keeps only the newest of each key for a client that wants it so', async () => {
    await start();
    const client = await dial({ maxSecs: 1, conflateBy: 'key', requests: { '': ['key', 'n'] } });
    for (const [key, n] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ] as const)
      await sender.send(makeEvent('A', { key, n }));
    const [batch] = await client.waitForMessages(1);
    expect(batch?.data.map(({ attrs }) => attrs)).toEqual([
      { key: 'b', n: 2 },
      { key: 'a', n: 3 },
    ]);
  });

  it('tells a client where it was, and lets it go on there', async () => {
    await start({ ringEvents: 3 });
    const asked = { batchSize: 1, requests: { A: ['n'] } };
    const keeper = await dial({ requests: {} });
    const client = await dial({ ...asked, since: '' });
    await sender.send(makeEvent('A', { n: 0 }));
    const [batch] = await client.waitForMessages(1);
    await client.close();
    for (const n of [1, 2]) await sender.send(makeEvent('A', { n }));
    await settle(3);
    const again = await dial({ ...asked, since: batch?.next });
    await sender.send(makeEvent('A', { n: 3 }));
    await again.waitForEvents(3);
    expect(again.events.map(({ attrs }) => attrs['n'])).toEqual([1, 2, 3]);
    for (const n of [4, 5, 6, 7]) await sender.send(makeEvent('A', { n }));
    await settle(8);
    const late = await dial({ ...asked, since: batch?.next });
    await late.waitForEvents(3);
    expect(late.messages[0]).toMatchObject({ msg: 'missed up to 4', data: [] });
    expect(late.events.map(({ attrs }) => attrs['n'])).toEqual([5, 6, 7]);
    const lost = await dial({ ...asked, since: 'abc-1' });
    expect(lost.messages[0]?.msg).toMatch(/^missed an unknown number/);
    await keeper.close();
  });

  it('takes filters for the whole configuration, or each for the events it names', async () => {
    await start();
    const filters = [
      { name: 'Search', attribute: 'term', value: 'pizza.*' },
      { name: 'Ad', attribute: 'text', value: '.*' },
    ];
    const asked = { batchSize: 1, requests: { Search: ['term'], Ad: [], Click: ['n'] }, filters };
    const all = await dial(asked);
    const some = await dial({
      ...asked,
      filterMode: 'perEvent',
      requests: { Search: ['term'], Click: ['n'] },
    });
    const one = await dial({ ...asked, filters: filters.slice(0, 1) });
    for (const term of ['a pizza', 'pizzeria', 'pizza'])
      await sender.send(makeEvent('Search', { term }));
    await sender.send(makeEvent('Click', { n: 1 }));
    await sender.send(makeEvent('Search', { term: 'pizza\nnapoli' }));
    await settle(5);
    await Promise.all([some.waitForEvents(2), one.waitForEvents(1)]);
    await new Promise(setImmediate);
    const pizza = { name: 'Search', attrs: { term: 'pizza' } };
    expect([all.events, some.events, one.events]).toEqual([
      [],
      [pizza, { name: 'Click', attrs: { n: 1 } }],
      [pizza],
    ]);
  });

  it('keeps a connection open whose configuration was wrong, and takes a right one', async () => {
    await start({ allowedChannels: [`127.0.0.1:${port}`] });
    const client = await dial();
    const wrong = [
      `{"ip":"127.0.0.1","port":${port}}`,
      '{"ip":',
      `{"ip":"127.0.0.1","port":9,"requests":{}}`,
      `{"ip":"127.0.0.1","port":${port},"requests":{},"filters":[{"name":"a","attribute":"b","value":"(a"}]}`,
      `{"ip":"127.0.0.1","port":${port},"requests":{},"filters":[{"name":"a","attribute":"b","value":"(a)\\\\1"}]}`,
    ];
    for (const text of wrong) await client.configure(text);
    expect(client.messages.map(({ type, data }) => [type, data])).toEqual(
      wrong.map(() => ['error', []]),
    );
    expect(client.messages.map(({ msg }) => msg.slice(msg.lastIndexOf(' in {') + 4))).toEqual(
      wrong,
    );
    expect(client.messages[0]?.msg).toBe(`requests must be specified in ${wrong[0]}`);
    expect(client.messages[2]?.msg).toMatch(/^the channel 127.0.0.1:9 is not allowed in /);
    expect(server.channels).toEqual([]);
    await client.configure({ ip: '127.0.0.1', port, batchSize: 1, requests: { A: ['n'] } });
    await client.configure({ ip: '127.0.0.1', port, batchSize: 1, requests: { A: [], B: [] } });
    expect(client.messages.at(-1)?.msg).toMatch(
      /^only one configuration is taken: this one is ignored in \{/,
    );
    for (const name of ['B', 'A']) await sender.send(makeEvent(name, { n: 1 }));
    expect(await client.waitForEvents(1)).toEqual([{ name: 'A', attrs: { n: 1 } }]);
    expect(server.channels[0]?.keys).toHaveLength(1);
  });

  it('takes no empty token for none', async () => {
    await start();
    expect(() => new StreamServer({ token: '' })).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT' }),
    );
  });

  it('counts what finds no room in its journal, and says so at the end', async () => {
    const path = join(await makeTempDirectory(), 'events.log');
    const lines: string[] = [];
    const journal = { path, maxQueuedBytes: 1 };
    server = new StreamServer({ port: 0, journal }, { warn: (line) => lines.push(line) });
    ({ url } = await server.start());
    await dial({ requests: { A: [] } });
    await sender.send(makeEvent('A', { n: 1 }));
    await settle(1);
    const { body } = await request(new URL('/metrics', url.replace(/^ws/, 'http')).href);
    expect(body).toContain('vigil_stream_journal_lost_total 1\n');
    await server.close();
    expect(lines.at(-1)).toBe('journal: 0 datagrams written, 1 lost');
  });

  it('says why it cannot listen, and goes on', async () => {
    await start();
    const client = await dial();
    await client.configure({ ip: '192.0.2.1', port, requests: {} });
    expect(client.messages[0]?.msg).toMatch(/^cannot listen at 192\.0\.2\.1:\d+: .* in \{"ip"/);
    expect(server.channels).toEqual([]);
    expect(told).toEqual([]);
    await client.configure({ ip: '127.0.0.1', port, requests: {} });
    expect(server.channels).toHaveLength(1);
  });

  it('is well after hostile messages', async () => {
    await start();
    const binary = await dial();
    binary.socket.send(Buffer.from('{}'));
    expect(await binary.waitForClose()).toBe(1003);
    const large = await dial();
    large.socket.on('error', () => undefined);
    large.socket.send(`{"x":"${'x'.repeat(10_000_000)}"}`);
    expect(await large.waitForClose()).toBe(1009);
    const hostile = await dial();
    await hostile.configure('['.repeat(500_000));
    await hostile.configure({
      ip: '127.0.0.1',
      port,
      requests: { __proto__: [], constructor: [] },
    });
    expect(hostile.messages.map(({ type }) => type)).toEqual(['error']);
    const backtracker = await dial({
      batchSize: 1,
      requests: { A: ['n'] },
      filters: [{ name: 'A', attribute: 'text', value: '(a+)+b' }],
    });
    await sender.sendBytes(Buffer.from('no event'));
    await sender.send(makeEvent('A', { text: 'a'.repeat(60_000), n: 1 }));
    await sender.send(makeEvent('A', { text: 'aab', n: 2 }));
    await sender.send(makeEvent('constructor'));
    expect(await backtracker.waitForEvents(1)).toEqual([{ name: 'A', attrs: { n: 2 } }]);
    await settle(4);
    expect(server.channels[0]).toMatchObject({ received: 4, malformed: 1 });
  });
});

async function sendUntil(
  isDone: () => boolean,
  values: Record<string, string | number>,
): Promise<void> {
  while (!isDone()) {
    await sender.send(makeEvent('A', values));
    await new Promise(setImmediate);
  }
}
