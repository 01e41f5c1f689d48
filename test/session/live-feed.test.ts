import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import type { SampleSource, SampleUpdate } from '../../lib/http/sample-series.ts';
import type { FeedMessage } from '../../lib/session/feed-item.ts';
import { LiveFeed } from '../../lib/session/monitor/live-feed.ts';
import { LiveOutput } from '../../lib/session/monitor/live-output.ts';
import { SessionJournal } from '../../lib/session/monitor/session-journal.ts';
import { EventStream } from '../../lib/util/event-stream.ts';
import { ManualClock } from '../../lib/util/manual-clock.ts';

let clock: ManualClock;
let journal: SessionJournal;
let samples: EventStream<SampleUpdate>;
let feed: LiveFeed;
let http: Server;
let asked = 0;
const clients: WebSocket[] = [];

beforeEach(async () => {
  clock = new ManualClock();
  asked = 0;
  journal = new SessionJournal(clock, () => undefined);
  samples = new EventStream();
  const session = {
    journal,
    mask: { hide: (text: string) => text.replaceAll('hunter22', '***') },
    get status() {
      asked += 1;
      return { name: 'shop', asked };
    },
  };
  const source: Partial<SampleSource> = { follow: (signal) => samples.follow(signal) };
  feed = new LiveFeed({
    clock,
    session: session as never,
    samples: source as SampleSource,
    output: new LiveOutput(clock, journal),
  });
  http = createServer();
  http.on('upgrade', (request, socket, head) => {
    feed.accept(request, socket, head);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await feed.close();
  http.close();
  await once(http, 'close');
});

describe('the live feed', () => {
  it('tells first what is known, and then in one batch what happens, without secrets', async () => {
    journal.tell({ type: 'lifecycle', event: 'before, with hunter22' });
    write('shop is open\n');
    const viewer = await watch();
    expect(await viewer.next()).toMatchObject({
      type: 'snapshot',
      data: [
        { name: 'status', attrs: { name: 'shop' } },
        { name: 'event', attrs: { type: 'lifecycle', event: 'before, with ***' } },
        { name: 'output', attrs: { lines: [{ text: 'shop is open' }], skipped: 0 } },
      ],
    });
    journal.tell({ type: 'lifecycle', event: 'one hunter22' });
    journal.tell({ type: 'lifecycle', event: 'two' });
    clock.advance(150);
    const batch = await viewer.next();
    expect([batch.type, batch.data.map(({ name }) => name)]).toEqual([
      'data',
      ['event', 'event', 'status'],
    ]);
    expect(JSON.stringify(batch)).not.toContain('hunter22');
  });

  it('tells lines as they are written, and counts those that come too quickly', async () => {
    const viewer = await watch();
    await viewer.next();
    write('first\n', 'stderr');
    write('line\n'.repeat(250));
    clock.advance(400);
    const { data } = await viewer.next();
    const output = data.find(({ name }) => name === 'output')?.attrs as {
      lines: unknown[];
      skipped: number;
    };
    expect([output.lines.length, output.skipped]).toEqual([100, 151]);
  });

  it('tells the status each second although nothing happens', async () => {
    const viewer = await watch();
    await viewer.next();
    clock.advance(1000);
    clock.advance(150);
    expect((await viewer.next()).data.map(({ name }) => name)).toEqual(['status']);
  });

  it('asks for nothing while nobody looks on', async () => {
    const viewer = await watch();
    await viewer.next();
    viewer.client.close();
    await once(viewer.client, 'close');
    while (feed.size > 0) await new Promise(setImmediate);
    const before = asked;
    journal.tell({ type: 'lifecycle', event: 'unseen' });
    write('unseen\n');
    clock.advance(60_000);
    expect([asked, clock.waiting]).toEqual([before, 0]);
  });

  it('says how it ends before it sends everybody away', async () => {
    const viewer = await watch();
    await viewer.next();
    journal.tell({ type: 'session.ended', reason: 'asked', exitCode: 0 });
    const closing = feed.close();
    expect((await viewer.next()).data.map(({ name }) => name)).toEqual(['event', 'status']);
    const [code] = (await once(viewer.client, 'close')) as [number];
    await closing;
    expect(code).toBe(1001);
  });
});

function write(text: string, stream: 'stdout' | 'stderr' = 'stdout'): void {
  journal.output.publish({ stream, chunk: Buffer.from(text) });
}

async function watch(): Promise<{ client: WebSocket; next: () => Promise<FeedMessage> }> {
  const { port } = http.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${String(port)}/live`, 'vigil.live');
  clients.push(client);
  const waiting: FeedMessage[] = [];
  client.on('message', (data: Buffer) => waiting.push(JSON.parse(data.toString())));
  await once(client, 'open');
  return {
    client,
    next: async () => {
      while (waiting.length === 0) await once(client, 'message');
      return waiting.shift() as FeedMessage;
    },
  };
}
