import { connect } from 'node:net';
import WebSocket from 'ws';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { waitUntil } from '../support/wait-until.ts';
import { finish } from './spawner-end.ts';
import { type RunningSpawner, startSpawner } from './start-spawner.ts';

afterEach(async () => {
  await assertNoLeaks();
});

interface Conversation {
  readonly socket: WebSocket;
  readonly hello: string;
}

function open(url: string, headers: Record<string, string> = {}): Promise<Conversation> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    socket.once('message', (data: Buffer) => {
      resolve({ socket, hello: data.toString() });
    });
    socket.once('error', reject);
  });
}

function echo(socket: WebSocket, data: Buffer | string): Promise<Buffer> {
  return new Promise((resolve) => {
    socket.once('message', (answer: Buffer) => {
      resolve(answer);
    });
    socket.send(data);
  });
}

function close(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => {
      resolve();
    });
    socket.close();
  });
}

/** Everything that is answered to a request to upgrade. */
function upgradeRaw({ url }: RunningSpawner, path: string, body = ''): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n${body}`,
      );
    });
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(text);
    });
  });
}

describe('the WebSocket proxy', () => {
  it('starts a server for a WebSocket at /, and leads to one that is there at /proxy/ID', async () => {
    const spawner = await startSpawner({ ports: { max: 2 } });
    const url = spawner.url.replace('http', 'ws');
    const first = await open(`${url}/?renderingLocation=csr&model=m`);
    expect(first.hello).toBe('hello /?renderingLocation=csr&model=m');
    const [row] = await spawner.rows();
    const second = await open(`${url}/proxy/${row?.id}/deeper?x=1`);
    expect(second.hello).toBe('hello /deeper?x=1');
    const frame = Buffer.alloc(64 * 1024, 7);
    expect((await echo(first.socket, frame)).equals(frame)).toBe(true);
    expect((await echo(second.socket, 'ü')).toString()).toBe('ü');
    await Promise.all([close(first.socket), close(second.socket)]);
    await spawner.ask('DELETE', `/api/spawns/${row?.id}`);
    await finish(spawner);
  });

  it('answers a failure well-formed, as it answers a request', async () => {
    const spawner = await startSpawner({
      ports: { max: 1 },
      command: [process.execPath, '-e', 'process.exit(7)'],
    });
    const parse = (text: string): [string, unknown] => {
      const [head = '', body = ''] = text.split('\r\n\r\n');
      expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`);
      return [head.split('\r\n')[0] ?? '', JSON.parse(body)];
    };
    expect(parse(await upgradeRaw(spawner, '/'))).toEqual([
      'HTTP/1.1 502 Bad Gateway',
      expect.objectContaining({ status: 'failed', exitCode: 7, meaning: 'invalid license file' }),
    ]);
    expect(parse(await upgradeRaw(spawner, '/proxy/nobody'))).toEqual([
      'HTTP/1.1 404 Not Found',
      { status: 'failed', reason: "Spawn doesn't exist" },
    ]);
    expect(parse(await upgradeRaw(spawner, '/?renderingLocation=moon'))[0]).toBe(
      'HTTP/1.1 400 Bad Request',
    );
    await finish(spawner);
  });

  it.each([
    ['ends the connection', 'socket.destroy()', /^HTTP\/1\.1 502 [^]*did not take the WebSocket/],
    [
      'refuses it in its own words',
      "socket.end('HTTP/1.1 403 Forbidden\\r\\nContent-Length: 4\\r\\n\\r\\nno!\\n')",
      /^HTTP\/1\.1 403 Forbidden\r\n[^]*\r\n\r\nno!\n$/,
    ],
  ])(
    'answers when the server %s, and ends the server that nobody knows of',
    async (_, act, text) => {
      const code = `
      const [, port, id, base] = process.argv;
      const server = require('http').createServer().on('upgrade', (_, socket) => ${act});
      server.listen(port, '127.0.0.1', () => fetch(base + '/' + id + '?liveliness=ready', { method: 'POST' }));
    `;
      const spawner = await startSpawner({
        livelinessIntervalSeconds: 10,
        command: [process.execPath, '-e', code, '{port}', '{id}', '{liveliness}'],
      });
      expect(await upgradeRaw(spawner, '/')).toMatch(text);
      const [row] = await spawner.rows();
      expect(await spawner.waitForState(row?.id ?? '', 'dead')).toMatchObject({
        endedBecause: 'it did not take the WebSocket that it was started for',
      });
      await finish(spawner);
    },
  );

  it('brings what a client has sent before the server was there', async () => {
    const code = `
      const [, port, id, base] = process.argv;
      const server = require('http').createServer().on('upgrade', (_, socket, head) => {
        socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n');
        let text = String(head);
        const answer = () => text.length === 5 && socket.end(text.toUpperCase());
        socket.on('data', (chunk) => { text += chunk; answer(); });
        answer();
      });
      server.listen(port, '127.0.0.1', () => fetch(base + '/' + id + '?liveliness=ready', { method: 'POST' }));
    `;
    const spawner = await startSpawner({
      livelinessIntervalSeconds: 10,
      command: [process.execPath, '-e', code, '{port}', '{id}', '{liveliness}'],
    });
    expect(await upgradeRaw(spawner, '/', 'early')).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\nEARLY$/);
    for (const { id } of await spawner.rows()) await spawner.ask('DELETE', `/api/spawns/${id}`);
    await finish(spawner);
  });

  it('cancels the server of a client who goes while it is held', async () => {
    const spawner = await startSpawner({
      command: [process.execPath, '-e', 'setInterval(Date, 1e3)'],
    });
    const socket = connect(Number(new URL(spawner.url).port), '127.0.0.1');
    socket.write(
      'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    const { id } = await waitUntil(
      async () => (await spawner.rows()).find(({ state }) => state === 'launching'),
      () => 'nothing is launched',
    );
    socket.end();
    expect(await spawner.waitForState(id, 'dead')).toMatchObject({
      endedBecause: 'the caller has gone',
    });
    await finish(spawner);
  });

  it('ends what nobody uses: traffic counts, for direct clients what the server says', async () => {
    const spawner = await startSpawner({ initialUseSeconds: 1.5, idleSeconds: 1.5 });
    const url = spawner.url.replace('http', 'ws');
    const [unused, used] = await Promise.all([spawner.spawn(), spawner.spawn()]);
    const { socket } = await open(`${url}/proxy/${used.id}`);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const talk = setInterval(() => {
      socket.send('still here');
    }, 200);
    const { endedBecause } = await spawner.waitForState(unused.id, 'dead');
    expect(endedBecause).toBe('not used within 1.5 s');
    // As long again as the idle one has lasted.
    const direct = await spawner.spawn();
    await spawner.ask('GET', '/api/status');
    const { port } = new URL(direct.endpoint);
    await fetch(`http://127.0.0.1:${port}/say?word=ping&more=%26active%3D1`);
    expect(await spawner.waitForState(direct.id, 'dead')).toMatchObject({
      endedBecause: 'idle for 1.5 s',
    });
    expect((await spawner.rows()).find(({ id }) => id === used.id)).toMatchObject({
      state: 'ready',
    });
    clearInterval(talk);
    expect(await spawner.waitForState(used.id, 'dead')).toMatchObject({
      endedBecause: 'idle for 1.5 s',
    });
    await closed;
    await finish(spawner);
  });
});
