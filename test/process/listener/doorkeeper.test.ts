import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect, createServer } from 'node:net';
import { ask } from '../../../bench/load/load-client.cjs';
import { assertNoLeaks } from '../../support/assert-no-leaks.ts';
import { request } from '../../support/request.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { gone, Holder } from './holder.ts';

afterEach(() => assertNoLeaks());

/** Whether a port can be listened on by somebody else. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const outcome = once(server, 'listening').then(
    () => true,
    () => false,
  );
  server.listen(port, '127.0.0.1');
  const free = await outcome;
  server.close();
  if (free) await once(server, 'close');
  return free;
}

/** Sends a head and a body that is larger than what the buffers on the way hold. */
function upload(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', method: 'POST', agent: false };
    const outgoing = httpRequest(options, (incoming) => {
      incoming.resume().on('end', () => {
        resolve(incoming.statusCode ?? 0);
      });
    });
    outgoing.on('error', reject);
    outgoing.end(Buffer.alloc(8_000_000));
  });
}

async function askHttp2(port: number): Promise<unknown> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = session.request({ ':path': '/' });
  const [headers] = await once(stream, 'response');
  stream.resume();
  await once(session, 'close');
  return headers;
}

describe('Doorkeeper', () => {
  it('answers 503 with the time after which to come again, to whatever way of asking', async () => {
    const holder = new Holder();
    const port = await holder.portWithoutServer();
    const keeper = await holder.open(41_500);
    const answer = await request(`http://127.0.0.1:${port}/any/path`);
    expect(answer.status).toBe(503);
    expect(answer.headers).toMatchObject({ connection: 'close' });
    // Some of the time may have passed.
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(30);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(42);
    expect((await request(`http://127.0.0.1:${port}/`, { method: 'HEAD' })).status).toBe(503);
    expect(await upload(port)).toBe(503);
    expect(await askHttp2(port)).toMatchObject({
      ':status': 503,
      'retry-after': expect.any(String),
    });
    await holder.end();
    await gone(keeper);
  });

  it('answers a client that sends no more, and survives one that does not speak HTTP', async () => {
    const holder = new Holder();
    const port = await holder.portWithoutServer();
    const keeper = await holder.open();
    const ended = connect(port, '127.0.0.1').end('GET / HTTP/1.1\r\nhost: here\r\n\r\n');
    let text = '';
    for await (const chunk of ended) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
    const strange = connect(port, '127.0.0.1');
    strange.write(Buffer.from([22, 3, 1, 2, 0, 1]));
    await once(strange, 'close');
    expect(await ask({ port })).toMatchObject({ outcome: '5xx' });
    await holder.end();
    await gone(keeper);
  });

  it('leaves to the server whoever comes after it was closed, and ends although a client is silent', async () => {
    const holder = new Holder();
    const port = await holder.portWithoutServer();
    const keeper = await holder.open();
    const silent = connect(port, '127.0.0.1');
    const hungUp = once(silent, 'close');
    expect(await ask({ port })).toMatchObject({ outcome: '5xx' });
    await holder.do('close');
    expect(await holder.do('isOpen')).toBe(false);
    const waiting = Array.from({ length: 5 }, () => ask({ port }));
    const server = await holder.serve();
    const answers = await Promise.all(waiting);
    // Those that the doorkeeper had accepted before it heard of it, it answers itself.
    expect(answers.filter(({ outcome }) => outcome !== '5xx' && outcome !== 'ok')).toEqual([]);
    expect(await ask({ port })).toMatchObject({ outcome: 'ok', body: String(server) });
    await hungUp;
    await gone(keeper);
    process.kill(server, 'SIGKILL');
    await holder.end();
  });

  it('opens again after it was closed, with a process of its own', async () => {
    const holder = new Holder();
    const port = await holder.portWithoutServer();
    const first = await holder.open();
    await holder.do('close');
    await gone(first);
    const second = await holder.open();
    expect(second).not.toBe(first);
    expect(await ask({ port })).toMatchObject({ outcome: '5xx' });
    await holder.end();
    await gone(second);
  });

  it('closes the sockets on which no plain HTTP is spoken', async () => {
    const holder = new Holder();
    const port = await holder.portWithoutServer(false);
    await holder.do('open', { retryAfterMs: 1000 });
    expect(await holder.do('isOpen')).toBe(false);
    expect(await holder.do('count')).toBe(0);
    expect(await ask({ port })).toMatchObject({ outcome: 'refused' });
    await holder.end();
  });

  it('knows that it is not open any more when its process was killed', async () => {
    const holder = new Holder();
    await holder.portWithoutServer();
    process.kill(await holder.open(), 'SIGKILL');
    await waitUntil(
      async () => ((await holder.do<boolean>('isOpen')) ? undefined : true),
      () => 'still thought to be open',
    );
    await holder.end();
  });

  it('ends with its monitor, however that ends, and the port is free then', async () => {
    const holder = new Holder();
    const port = await holder.portWithoutServer();
    const keeper = await holder.open();
    expect(await ask({ port })).toMatchObject({ outcome: '5xx' });
    const silent = connect(port, '127.0.0.1');
    await once(silent, 'connect');
    const hungUp = once(silent, 'close');
    // A Ctrl-C reaches the whole group: it is the monitor that decides when this process ends.
    process.kill(keeper, 'SIGINT');
    process.kill(keeper, 'SIGTERM');
    expect(await ask({ port })).toMatchObject({ outcome: '5xx' });
    holder.child.kill('SIGKILL');
    await holder.child.waitForExit();
    await gone(keeper);
    await hungUp;
    await waitUntil(
      async () => ((await isFree(port)) ? true : undefined),
      () => `port ${port} is still taken`,
    );
  });
});
