import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { request } from '../support/request.ts';
import { waitUntil } from '../support/wait-until.ts';
import { EventSender, findUdpPort, makeEvent } from './event-sender.ts';
import { type RunningStream, startStream } from './start-stream.ts';

afterEach(async () => {
  await assertNoLeaks();
});

async function dialStatus(url: string, headers: Record<string, string> = {}): Promise<number> {
  const socket = new WebSocket(url, { headers });
  socket.on('error', () => undefined);
  const opened = once(socket, 'open').then(() => 101);
  const refused = new Promise<number>((resolve) => {
    socket.once('unexpected-response', (asked, answer) => {
      asked.destroy();
      resolve(answer.statusCode ?? 0);
    });
  });
  opened.catch(() => undefined);
  const status = await Promise.race([opened, refused]);
  if (status === 101) {
    socket.close();
    await once(socket, 'close');
  }
  return status;
}

async function status(
  stream: RunningStream,
  path: string,
  headers: Record<string, string> = {},
): Promise<number> {
  return (await request(stream.http + path, { headers })).status;
}

describe('who may ask a stream server', () => {
  it('is whoever has the token, but for the health route', async () => {
    const stream = await startStream(['--token', 'open-sesame']);
    const bearer = { authorization: 'Bearer open-sesame' };
    for (const path of ['/api/channels', '/metrics', '/readyz', '/sse/lwes']) {
      expect([path, await status(stream, path)]).toEqual([path, 401]);
    }
    expect(await status(stream, '/healthz')).toBe(200);
    expect(await status(stream, '/readyz', bearer)).toBe(200);
    expect(await status(stream, '/api/channels?token=open-sesame')).toBe(200);
    expect(await status(stream, '/metrics', bearer)).toBe(200);
    expect(await dialStatus(stream.url)).toBe(401);
    expect(await dialStatus(`${stream.url}?token=wrong`)).toBe(401);
    expect(await dialStatus(`${stream.url}?token=open-sesame`)).toBe(101);
    expect(await dialStatus(stream.url, bearer)).toBe(101);
    await stream.stop();
  });

  it('is no page of another site, unless it was allowed', async () => {
    const stream = await startStream(['--allow-origin', 'https://app.example']);
    for (const origin of ['http://localhost:3000', 'http://127.0.0.1', 'https://app.example'])
      expect([origin, await dialStatus(stream.url, { origin })]).toEqual([origin, 101]);
    for (const origin of ['https://evil.example', 'null'])
      expect([origin, await dialStatus(stream.url, { origin })]).toEqual([origin, 403]);
    const own = { origin: 'http://evil.example:8887', host: 'evil.example:8887' };
    expect(await dialStatus(stream.url, own)).toBe(421);
    expect(await status(stream, '/api/channels', { origin: 'https://evil.example' })).toBe(403);
    expect(await dialStatus(stream.url.replace('lwes', 'other'))).toBe(404);
    await stream.stop();
  });
});

describe('the stream over server-sent events', () => {
  it('sends the batches of the same subscription, and goes on where a reader was', async () => {
    const stream = await startStream();
    const port = await findUdpPort();
    const sender = new EventSender(port);
    const config = { ip: '127.0.0.1', port, batchSize: 1, requests: { A: ['n'] } };
    const url = `${stream.http}/sse/lwes?config=${encodeURIComponent(JSON.stringify(config))}`;
    const other = await stream.dial();
    await other.configure(config);
    const first = await read(url);
    await sender.send(makeEvent('A', { n: 1 }));
    const [, id = ''] = await first.find(/id: (\S+)\ndata: (.*"n":1.*)\n\n/);
    expect(first.answer.headers['content-type']).toBe('text/event-stream');
    await sender.send(makeEvent('A', { n: 2 }));
    await first.find(/"n":2/);
    first.answer.destroy();
    const second = await read(url, { 'last-event-id': id });
    await second.find(/"n":2/);
    expect(second.text()).not.toContain('"n":1');
    const wrong = await request(`${stream.http}/sse/lwes?config={}`);
    expect([wrong.status, JSON.parse(wrong.body)]).toEqual([
      400,
      { type: 'error', msg: 'port must be specified in {}', data: [] },
    ]);
    const ended = once(second.answer, 'end');
    stream.child.kill('SIGTERM');
    await ended;
    expect(await stream.child.waitForExit()).toMatchObject({ code: 0 });
    await other.waitForClose();
    await sender.close();
  });
});

async function read(url: string, headers: Record<string, string> = {}) {
  const asked = get(url, { headers, agent: false });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  answer.setEncoding('utf8').on('data', (part: string) => (text += part));
  answer.on('error', () => undefined);
  return {
    answer,
    text: () => text,
    find: (pattern: RegExp) =>
      waitUntil(
        () => pattern.exec(text) ?? undefined,
        () => `nothing like ${String(pattern)} in ${text}`,
      ),
  };
}
