import { connect as dial, type Socket } from 'node:net';
import fc from 'fast-check';
import { encodePacket } from '../../lib/fleet/protocol/mqtt-encoder.ts';
import { ManualClock } from '../../lib/util/manual-clock.ts';
import { waitForEvent } from '../support/wait-for-event.ts';
import { waitUntil } from '../support/wait-until.ts';
import { clientOf, connect, endAll, type Master, monitorOf, startMaster } from './admin-master.ts';

const sockets: Socket[] = [];

afterEach(async () => {
  await Promise.all(sockets.splice(0).map(close));
  await endAll();
});

async function close(socket: Socket): Promise<void> {
  if (socket.closed) return;
  const closed = waitForEvent(socket, 'close');
  socket.destroy();
  await closed;
}

async function knock({ port }: Pick<Master, 'port'>): Promise<Socket> {
  const socket = dial({ port, host: '127.0.0.1' });
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.resume();
  await waitForEvent(socket, 'connect');
  return socket;
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await waitForEvent(socket, 'close');
}

/** Whether somebody else is served as before. */
async function expectService(master: Master): Promise<void> {
  const client = await clientOf(master);
  const { value } = await client.request(1, 'mine', {});
  expect(value.error).toBeNull();
  await client.close();
}

const CONNECT = encodePacket({ kind: 'connect', clientId: 'x' });

function publish(topic: string, payload: string): Buffer {
  return encodePacket({ kind: 'publish', topic, payload: Buffer.from(payload) });
}

describe('a hostile peer', () => {
  it('that sends half a packet and no more is dropped after its time', async () => {
    const clock = new ManualClock();
    const master = await startMaster({ clock });
    const socket = await knock(master);
    socket.write(CONNECT.subarray(0, 5));
    await waitUntil(
      () => (clock.waiting > 0 ? true : undefined),
      () => 'nobody waits for it',
    );
    clock.advance(10_000);
    await closed(socket);
  });

  it('that registers and then sends half a packet holds nobody up', async () => {
    const master = await startMaster();
    const monitor = await monitorOf(master, 'chat-1');
    monitor.socket.write(Buffer.from([0x30, 0xff, 0xff, 0x03, 0x00]));
    await expectService(master);
  });

  it.each([
    ['announces 256 MB', Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0x00])],
    ['announces more than 64 KB before it has registered', Buffer.from([0x30, 0x80, 0x80, 0x08])],
    ['sends no MQTT', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['starts TLS', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])],
    ['sends no JSON', publish('register', '{"type":')],
    ['sends JSON in a text that holds none', publish('register', '"{"')],
    ['speaks as a client without having registered', publish('client', '{"moduleId":"m"}')],
    ['speaks as a server without having registered', publish('monitor', '{"moduleId":"m"}')],
    [
      'registers twice',
      Buffer.concat([publish('register', '{"type":"x"}'), publish('register', '{"type":"x"}')]),
    ],
    ['sends what only a master sends', encodePacket({ kind: 'connack', returnCode: 0 })],
  ])('that %s is dropped, and others are served', async (_, bytes) => {
    const master = await startMaster();
    const socket = await knock(master);
    socket.write(Buffer.concat([CONNECT, bytes]));
    await closed(socket);
    await expectService(master);
    expect(master.calls.filter(({ moduleId }) => moduleId === 'm')).toEqual([]);
  });

  it('among 2,000 that never say who they are leaves room for those who do', async () => {
    // Nobody's time runs out: it is the number that drops them.
    const master = await startMaster({ clock: new ManualClock() });
    const crowd: Socket[] = [];
    for (let batch = 0; batch < 20; batch += 1)
      crowd.push(...(await Promise.all(Array.from({ length: 100 }, () => knock(master)))));
    await expectService(master);
    await waitUntil(
      () => (crowd.filter((socket) => !socket.closed).length <= 256 ? true : undefined),
      () => `${String(crowd.filter((socket) => !socket.closed).length)} are connected`,
    );
  });

  it('that asks and does not read the answers is dropped', async () => {
    const respond = (call: { answer: ((error: unknown, body: unknown) => void) | null }): void =>
      call.answer?.(null, 'x'.repeat(1024 * 1024));
    const master = await startMaster({ respond });
    const client = await clientOf(master);
    client.socket.pause();
    for (let id = 1; id <= 60; id += 1)
      client.publishTwice('client', { reqId: id, moduleId: 'mine', body: {} });
    await waitUntil(
      () => (master.events.some(({ type }) => type === 'client.left') ? true : undefined),
      () => 'it is still there',
    );
  });

  it('whose messages are of any form never ends the master', async () => {
    const master = await startMaster();
    const monitor = await monitorOf(master, 'chat-1');
    const client = await clientOf(master);
    const json = fc.sample(fc.json({ maxDepth: 4 }), { numRuns: 300, seed: 7 });
    const keys = ['reqId', 'respId', 'moduleId', 'command', 'body', 'error'];
    const records = fc.sample(
      fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 3 })),
      { numRuns: 500, seed: 8 },
    );
    for (const text of [
      ...json.filter((it) => !it.startsWith('"')),
      ...records.map((it) => JSON.stringify(it)),
    ]) {
      monitor.publishBytes('monitor', text);
      client.publishBytes('client', text);
    }
    monitor.publishTwice('monitor', { reqId: 9_000_000, moduleId: 'mine', body: 1 });
    client.publishTwice('client', { reqId: 9_000_000, moduleId: 'mine', body: 1 });
    await monitor.waitFor(({ value }) => value?.respId === 9_000_000);
    await client.waitFor(({ value }) => value?.respId === 9_000_000);
  });

  it('that registers as anything never ends the master', async () => {
    const master = await startMaster();
    const keys = [
      'id',
      'type',
      'serverType',
      'pid',
      'info',
      'token',
      'username',
      'password',
      'md5',
    ];
    const values = fc.oneof(
      fc.constantFrom(
        'monitor',
        'client',
        'chat',
        'chat-token',
        'admin',
        '__proto__',
        'constructor',
      ),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const claims = fc.sample(fc.dictionary(fc.constantFrom(...keys), values), {
      numRuns: 60,
      seed: 9,
    });
    for (const claim of claims) {
      const peer = await connect(master);
      const topic = 'id' in claim ? 'reconnect' : 'register';
      peer.publish(topic, claim);
      await peer.waitFor((message) => /^re/.test(message.topic));
      await peer.close();
    }
    await expectService(master);
  });

  it('cannot have an answer that cannot be written leave it waiting', async () => {
    const round: Record<string, unknown> = {};
    round['self'] = round;
    const master = await startMaster({ respond: (call) => call.answer?.(null, round) });
    const client = await clientOf(master);
    const { value } = await client.request(1, 'mine', {});
    expect(value.error).toEqual({ message: 'a message cannot be written as JSON' });
  });
});
