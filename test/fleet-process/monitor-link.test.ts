import { createServer, type Server, type Socket } from 'node:net';
import { generate, parser, type Packet } from 'mqtt-packet';
import type { ModuleCall } from '../../lib/fleet/modules/module-desk.ts';
import type { MonitorEvent } from '../../lib/fleet/monitor/monitor-event.ts';
import { MonitorLink, type MonitorLinkSettings } from '../../lib/fleet/monitor/monitor-link.ts';
import { systemClock } from '../../lib/util/clock.ts';
import type { Clock } from '../../lib/util/clock.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { waitUntil } from '../support/wait-until.ts';
import { endAll, startMaster } from './admin-master.ts';

interface Server1 {
  readonly link: MonitorLink;
  readonly events: MonitorEvent[];
  readonly calls: ModuleCall[];
}

const links: MonitorLink[] = [];
const foreign: Server[] = [];

const DEADLINES = [5000, 10_000, 30_000];

/** Waits between two tries take milliseconds; deadlines stay, for a machine that is busy. */
const hasty: Clock = {
  ...systemClock,
  setTimer: (delayMs, callback) =>
    systemClock.setTimer(DEADLINES.includes(delayMs) ? delayMs : delayMs / 50, callback),
};

function serverOf(port: number, settings: Partial<MonitorLinkSettings> = {}): Server1 {
  const events: MonitorEvent[] = [];
  const calls: ModuleCall[] = [];
  const link = new MonitorLink({
    clock: hasty,
    host: '127.0.0.1',
    port,
    certificate: null,
    identity: { id: 'chat-1', serverType: 'chat', pid: 4711, info: { id: 'chat-1' } },
    token: 'chat-token',
    desk: {
      deliver: (call) => {
        calls.push(call);
        call.answer?.(null, { got: call.body });
      },
      command: ({ answer }) => answer?.(null, 1),
    },
    onEvent: (event) => events.push(event),
    ...settings,
  });
  links.push(link);
  return { link, events, calls };
}

async function waitForJoin({ events, link }: Server1, times = 1): Promise<void> {
  await waitUntil(
    () => {
      const joined = events.filter(({ type }) => type === 'master.joined').length;
      return joined >= times && link.isJoined ? true : undefined;
    },
    () => JSON.stringify(events),
  );
}

afterEach(async () => {
  await Promise.all(links.splice(0).map((link) => link.close()));
  await Promise.all(
    foreign.splice(0).map((server) => new Promise((resolve) => server.close(resolve))),
  );
  await endAll();
});

describe('MonitorLink', () => {
  it('registers, answers the master and asks it', async () => {
    const master = await startMaster();
    const { link } = serverOf(master.port);
    await link.connect();
    expect(master.server.monitors.get('chat-1')).toMatchObject({ pid: 4711, beats: true });
    const question = { serverId: 'chat-1', moduleId: 'mine', body: { n: 1 }, deadlineMs: 20_000 };
    expect(await master.server.ask(question)).toEqual({ error: null, body: { got: { n: 1 } } });
    const answer = await new Promise((resolve) => {
      link.request('theirs', { n: 2 }, (error, body) => resolve({ error, body }));
    });
    expect(answer).toEqual({ error: null, body: { got: { n: 2 } } });
  });

  it('beats, so that the master knows that its loop turns', async () => {
    const master = await startMaster();
    await serverOf(master.port).link.connect();
    await waitUntil(
      () =>
        master.events.filter(({ type }) => type === 'monitor.beat').length > 2 ? true : undefined,
      () => JSON.stringify(master.events),
    );
  });

  it('ends its start when the master refuses the token', async () => {
    const master = await startMaster();
    const { link, events } = serverOf(master.port, { token: 'wrong' });
    await expect(link.connect()).rejects.toMatchObject({
      code: 'ERR_FLEET_REFUSED',
      message: expect.stringContaining('chat-1'),
    });
    expect(events).toEqual([]);
  });

  it('ends its start when its id stays taken', async () => {
    const master = await startMaster();
    await serverOf(master.port).link.connect();
    const second = serverOf(master.port);
    await expect(second.link.connect()).rejects.toMatchObject({
      message: expect.stringContaining('id has been registered. id:chat-1'),
    });
    expect(second.events.some(({ type }) => type === 'master.refused')).toBe(true);
  });

  it('goes on trying while the master is not there yet', async () => {
    const port = await findFreePorts();
    const server = serverOf(port);
    const connected = server.link.connect();
    await waitUntil(
      () => (server.events.length >= 2 ? true : undefined),
      () => 'it was not tried again',
    );
    await startMaster({ port });
    await connected;
  });

  it.each([
    ['with a token', 'chat-token', undefined],
    ['without one', null, null],
  ])('comes back when the master has gone and come back, %s', async (_, token, tokens) => {
    // One that the system would give to somebody else meanwhile is not had back.
    const port = await findFreePorts();
    const settings = { port, ...(tokens === undefined ? {} : { tokens }) };
    const first = await startMaster(settings);
    const server = serverOf(first.port, { token });
    await server.link.connect();
    await first.server.close();
    expect(server.link.notify('mine', {})).toBe(false);
    const second = await startMaster(settings);
    await waitForJoin(server, 2);
    expect([...second.server.monitors.keys()]).toEqual(['chat-1']);
    expect(server.events.at(-1)).toEqual({ type: 'master.joined', again: true });
  });

  it('answers a request with an error while the master is away', async () => {
    const { link } = serverOf(1);
    const error = await new Promise((resolve) => link.request('m', {}, resolve));
    expect(error).toMatchObject({ code: 'ERR_FLEET_AWAY' });
  });

  it('survives a callback that throws', async () => {
    const master = await startMaster();
    const server = serverOf(master.port);
    await server.link.connect();
    server.link.request('m', {}, () => {
      throw new Error('of the application');
    });
    await waitUntil(
      () => (server.events.some(({ type }) => type === 'module.trouble') ? true : undefined),
      () => JSON.stringify(server.events),
    );
  });

  it('registers with a master of the older kind, and registers anew when it refuses a reconnection', async () => {
    const heard: string[] = [];
    const port = await startForeign((topic, socket) => {
      heard.push(topic);
      if (topic === 'reconnect') send(socket, 'reconnect_ok', { code: -1, msg: 'no' });
      if (topic === 'register') send(socket, 'register', { code: 1, msg: 'ok' });
      if (topic === 'register' && heard.length === 1) socket.end();
    });
    const server = serverOf(port);
    await server.link.connect();
    await waitForJoin(server, 2);
    expect(heard).toEqual(['register', 'reconnect', 'register']);
  });

  it.each([
    ['what is no MQTT', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    [
      'what is no JSON',
      generate({
        cmd: 'publish',
        topic: 'register',
        payload: '{',
        qos: 0,
        dup: false,
        retain: false,
      }),
    ],
    ['256 MB', Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f])],
  ])('survives a master that sends %s, and tries again', async (_, bytes) => {
    const port = await startForeign((_topic, socket) => socket.write(bytes));
    const server = serverOf(port);
    const connected = server.link.connect();
    await waitUntil(
      () =>
        server.events.filter(({ type }) => type === 'master.away').length >= 2 ? true : undefined,
      () => JSON.stringify(server.events),
    );
    await server.link.close();
    await expect(connected).rejects.toMatchObject({ code: 'ERR_FLEET_AWAY' });
  });
});

async function startForeign(onMessage: (topic: string, socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    const reader = parser({ protocolVersion: 4 });
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => reader.parse(chunk));
    reader.on('packet', (packet: Packet) => {
      if (packet.cmd === 'connect')
        socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: false }));
      if (packet.cmd === 'publish') onMessage(packet.topic, socket);
    });
  });
  foreign.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

function send(socket: Socket, topic: string, value: unknown): void {
  const payload = JSON.stringify(value);
  socket.write(generate({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false }));
}
