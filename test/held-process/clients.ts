import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { WebSocket } from 'ws';
import { ask, type Outcome } from '../../bench/load/load-client.cjs';

/** How often each outcome came. */
export type Counts = Partial<Record<Outcome, number>>;

/** Tries something at a steady pace, each time with a connection of its own. */
export function startAttempts(
  attempt: () => Promise<Outcome>,
  everyMs = 5,
): { end(): Promise<Counts> } {
  const counts: Counts = {};
  const underWay = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const done = attempt().then((outcome) => {
      counts[outcome] = (counts[outcome] ?? 0) + 1;
      underWay.delete(done);
    });
    underWay.add(done);
  }, everyMs);
  return {
    end: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      return counts;
    },
  };
}

export async function askByHttp(port: number, path = '/'): Promise<Outcome> {
  return (await ask({ port, path })).outcome;
}

/** Connects a WebSocket, says a word and hears one. */
export async function sayByWebSocket(port: number): Promise<Outcome> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  const said = new Promise<Outcome>((resolve) => {
    socket.on('open', () => {
      socket.send('hello');
    });
    socket.on('message', () => {
      resolve('ok');
      socket.close();
    });
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      resolve((response.statusCode ?? 0) >= 500 ? '5xx' : 'other');
    });
    socket.on('error', (error) => {
      resolve(classify(error));
    });
    socket.on('close', () => {
      resolve('reset');
    });
  });
  const outcome = await said;
  socket.terminate();
  return outcome;
}

/** One request on an HTTP/2 session of its own. */
export async function askByHttp2(port: number): Promise<Outcome> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const closed = once(session, 'close');
  const answered = new Promise<Outcome>((resolve) => {
    const stream = session.request({ ':path': '/' });
    let status = 0;
    stream.on('response', (headers) => (status = headers[':status'] ?? 0));
    stream.on('error', (error) => {
      resolve(classify(error));
    });
    session.on('error', (error) => {
      resolve(classify(error));
    });
    stream.on('close', () => {
      resolve(status === 0 ? 'reset' : status < 400 ? 'ok' : status >= 500 ? '5xx' : 'other');
    });
    stream.resume();
  });
  const outcome = await answered;
  session.close();
  await closed.catch(() => undefined);
  return outcome;
}

function classify(error: NodeJS.ErrnoException): Outcome {
  if (error.code === 'ECONNREFUSED') return 'refused';
  const isReset = ['ECONNRESET', 'EPIPE'].includes(error.code ?? '');
  return isReset || error.message === 'socket hang up' ? 'reset' : 'other';
}
