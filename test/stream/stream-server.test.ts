import { StreamServer } from '../../lib/stream/stream-server.ts';
import type { StreamEvent } from '../../lib/stream/stream-event.ts';
import type { StreamOptions } from '../../lib/stream/stream-options.ts';
import { EventSender, findUdpPort, makeEvent } from '../stream-process/event-sender.ts';
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
});
