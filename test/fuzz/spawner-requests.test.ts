import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { HttpDoor } from '../../lib/http/http-door.ts';
import { describeFailure } from '../../lib/spawner/http-answers.ts';
import { createLivelinessRoutes } from '../../lib/spawner/liveliness-routes.ts';
import {
  checkDemand,
  keyOfDemand,
  readDemand,
  readServiceDemand,
} from '../../lib/spawner/spawn-demand.ts';
import { SpawnFailure } from '../../lib/spawner/spawn-failure.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { fuzzParser } from './fuzz-parser.ts';

const ID = 'the-one-and-only';
const SECRET = 'b1b44d4e-0d3c-4a6a-9d5a-0123456789ab';
const OFFER = {
  command: ['node', 'server.js', '{params.url!}', '--id={id}', '{params.flags}'],
  rendererTypes: { csr: { args: ['--csr', '{params.kind}'] }, ssr: null },
  defaultType: 'csr',
};

describe('the body of a request for a server', () => {
  fuzzParser({
    name: 'spawner-bodies',
    words: [
      '{',
      '}',
      '"params":',
      '"url":',
      '"-',
      '[',
      '"rendererType":',
      '"class":"csr_session"',
      '{"a":',
      '\\u0000',
    ],
    runs: 1500,
    read: (bytes) => {
      let body: unknown;
      try {
        body = JSON.parse(bytes.toString());
      } catch {
        return;
      }
      // That it is an object is seen to before.
      if (typeof body !== 'object' || body === null || Array.isArray(body)) return;
      for (const readBody of [readDemand, readServiceDemand]) {
        try {
          const demand = readBody(body as Record<string, unknown>, OFFER);
          checkDemand(demand, OFFER);
          expect(keyOfDemand(demand).length).toBeLessThan(bytes.length * 6 + 100);
        } catch (error) {
          if (!(error instanceof SpawnFailure)) throw error;
          expect([400, 403]).toContain(error.status);
          expect(JSON.stringify(error.facts).length).toBeLessThan(bytes.length + 1000);
        }
      }
    },
  });
});

describe('a report of liveliness', () => {
  const heard: string[] = [];
  const spawn = { identity: { id: ID, secret: SECRET } };
  const door = new HttpDoor({
    routes: () =>
      createLivelinessRoutes({
        acceptsPlainIds: false,
        find: (id) => (id === ID ? (spawn as never) : undefined),
        hear: (_spawn, word) => heard.push(word),
        log: (line) => {
          expect(line.length).toBeLessThan(200);
        },
      }),
    clock: systemClock,
    describeFailure,
    limits: { maxBodyBytes: 4096 },
  });
  let port: number;

  beforeAll(async () => {
    door.server.listen(0, '127.0.0.1');
    await once(door.server, 'listening');
    ({ port } = door.server.address() as { port: number });
  });
  afterAll(() => door.close());

  const send = async (bytes: Buffer): Promise<string> => {
    const socket: Socket = connect(port, '127.0.0.1');
    let answer = '';
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
    socket.end(bytes);
    await closed;
    return answer;
  };

  fuzzParser({
    name: 'liveliness-requests',
    words: [
      'POST /liveliness',
      '/',
      ID,
      SECRET,
      '?liveliness=ready',
      '%2f',
      '%',
      'HTTP/1.1\r\n',
      'host: a\r\n',
      '\r\n\r\n',
    ],
    runs: 300,
    read: async (bytes) => {
      const answer = await send(bytes);
      expect(answer).not.toMatch(/HTTP\/1\.1 5\d\d/);
      // Only who knows the secret is heard.
      if (heard.splice(0).length > 0) expect(bytes.toString('latin1')).toContain(SECRET);
    },
  });
});
