import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeEvent } from '../../lib/lwes/encode-event.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { EventSender, findUdpPort, makeEvent } from './event-sender.ts';
import { startNode } from '../support/start-child.ts';
import { CLI, startStream } from './start-stream.ts';

afterEach(async () => {
  await assertNoLeaks();
});

describe('vigil stream serve', () => {
  it('sends what waits when it is told to end, says goodbye, and ends with 0', async () => {
    const stream = await startStream();
    const port = await findUdpPort();
    const client = await stream.dial();
    await client.configure({ ip: '127.0.0.1', port, requests: { Search: ['term'] } });
    const sender = new EventSender(port);
    for (const term of ['pizza', 'pasta']) await sender.send(makeEvent('Search', { term }));
    await sender.close();
    await stream.waitUntilQueued(2);
    stream.child.kill('SIGTERM');
    expect(await client.waitForClose()).toBe(1001);
    expect(client.texts).toEqual([
      '{"type":"data","msg":"","data":[{"name":"Search","attrs":{"term":"pizza"}},{"name":"Search","attrs":{"term":"pasta"}}]}',
    ]);
    expect(await stream.child.waitForExit()).toEqual({ code: 0, signal: null });
  });

  it('keeps every datagram of its channels in a journal', async () => {
    const journal = join(await makeTempDirectory(), 'events.log');
    const stream = await startStream(['--journal', journal]);
    const port = await findUdpPort();
    const client = await stream.dial();
    await client.configure({ ip: '127.0.0.1', port, batchSize: 1, requests: { A: ['n'] } });
    const sender = new EventSender(port);
    await sender.sendBytes(Buffer.from('no event'));
    await sender.send(makeEvent('A', { n: 1 }));
    await client.waitForEvents(1);
    await sender.close();
    await stream.stop();
    await client.waitForClose();
    const bytes = await readFile(journal);
    const event = encodeEvent(makeEvent('A', { n: 1 }));
    expect(bytes).toHaveLength(22 + 'no event'.length + 22 + event.length);
    expect(bytes.subarray(-event.length)).toEqual(event);
  });

  it('says on stderr where it listens, when its output is JSON', async () => {
    const child = startNode([CLI, 'stream', 'serve', '-p', '0', '--json']);
    await child.waitForLine(/^vigil: stream listens at ws:\/\/127\.0\.0\.1:\d+\/websocket\/lwes$/);
    child.kill('SIGTERM');
    expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
  });

  it('says that its port is taken, and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await runVigil(['stream', 'serve', '-p', String(port)]);
    other.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`the stream server cannot listen on port ${port} of 127.0.0.1: .*EADDRINUSE`),
    );
  });

  it.each([
    ['--allow-channel', 'localhost:9191', /--allow-channel: expected IP:PORT/],
    ['--token', '', /--token: expected a text, found ""/],
    [
      '--allow-origin',
      'app',
      /--allow-origin: expected a site such as https:\/\/app\.example, found "app"/,
    ],
    ['--interface', 'lo', /--interface: expected an address of this machine, found "lo"/],
    ['--log-level', 'loud', /--log-level: expected one of trace, debug, info, warn, error/],
    ['--port', '65536', /--port expects a whole number from 0 to 65535/],
  ])('refuses %s %s', async (flag, value, text) => {
    const { code, stderr } = await runVigil(['stream', 'serve', flag, value]);
    expect([code, stderr]).toEqual([64, expect.stringMatching(text)]);
  });
});
