import { connect } from 'node:net';
import { ControlServer } from '../../lib/http/control-server.ts';
import { createControlRoutes } from '../../lib/http/control-routes.ts';
import { FrontServer } from '../../lib/http/front-server.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { FakePort } from '../http/fake-port.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { fuzzParser } from './fuzz-parser.ts';

const KEY = 'the key of the session';
const LIMITS = { maxBodyBytes: 4096, requestDeadlineMs: 60_000 };
const WORDS = [
  'GET ',
  'POST ',
  'HTTP/1.1\r\n',
  '\r\n',
  '\r\n\r\n',
  'host: localhost\r\n',
  'content-length: 5\r\n',
  'transfer-encoding: chunked\r\n',
  'authorization: Bearer ',
  'upgrade: websocket\r\nconnection: upgrade\r\n',
  '/status',
  '/events?n=',
  '/command',
  '{"line":',
  '{"a":',
  '[',
  '%2e%2e',
  '0\r\n\r\n',
];

/** Sends the bytes and the end of them; all that comes back, once the other side has closed as well. */
async function send(where: string | number, bytes: Buffer): Promise<string> {
  const socket = typeof where === 'string' ? connect(where) : connect(where, '127.0.0.1');
  let answer = '';
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
  socket.end(bytes);
  await closed;
  return answer;
}

function statusesOf(answer: string): number[] {
  return [...answer.matchAll(/(?:^|\n)HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

const ALIVE = Buffer.from('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');

describe('what is sent to the control socket', () => {
  let server: ControlServer;
  let path: string;
  const port = new FakePort();

  beforeEach(async () => {
    const stateDirectory = await makeTempDirectory();
    server = new ControlServer({ stateDirectory, port, clock: systemClock, limits: LIMITS });
    path = await server.listen();
  });
  afterEach(() => server.close());

  fuzzParser({
    name: 'control-requests',
    words: WORDS,
    runs: 250,
    read: async (bytes) => {
      const statuses = statusesOf(await send(path, bytes));
      // The port only remembers what it was asked: nothing of it can go wrong.
      expect(statuses.filter((status) => status >= 500)).toEqual([]);
      expect(statusesOf(await send(path, ALIVE))).toEqual([200]);
      for (const [name, ...given] of port.calls.splice(0) as [string, ...unknown[]][])
        if (name === 'command') expect(typeof given[0]).toBe('string');
    },
  });
});

describe('what is sent to the port of the control API without the key', () => {
  let front: FrontServer;
  let tcpPort: number;
  const port = new FakePort();

  beforeEach(async () => {
    front = new FrontServer({
      port: 0,
      host: '127.0.0.1',
      isReadOnly: false,
      sessionKey: KEY,
      routes: () => createControlRoutes(port),
      clock: systemClock,
      limits: LIMITS,
    });
    ({ port: tcpPort } = await front.listen());
  });
  afterEach(() => front.close());

  fuzzParser({
    name: 'control-requests',
    words: WORDS,
    runs: 250,
    read: async (bytes) => {
      const answer = await send(tcpPort, bytes);
      expect(statusesOf(answer).filter((status) => status >= 500)).toEqual([]);
      // Nothing is done, and nothing is told that is not open to all.
      expect(port.calls).toEqual([]);
      expect(answer).not.toContain('"shop"');
      expect(answer).not.toContain(KEY);
      expect(statusesOf(await send(tcpPort, ALIVE))).toEqual([200]);
    },
  });
});
