import { get } from 'node:http';

const ASK_EVERY_MS = 2;
// A request that a dead server had been given stays without an answer for ever.
const ANSWER_WITHIN_MS = 300;
const MOST_OPEN = 200;

/**
 * Asks every other millisecond, without waiting for the answers, until a server process answers 200.
 *
 * @param options.otherThan - a process id that does not count, because it is the predecessor's
 * @returns the process id, and when the answer was there (`performance.now()`); null when none came in time
 */
export function awaitServer({ port, otherThan = null, withinMs = 20_000 }) {
  return new Promise((resolve) => {
    const open = new Set();
    const end = (result) => {
      clearInterval(interval);
      clearTimeout(deadline);
      for (const request of open) request.destroy();
      resolve(result);
    };
    const send = () => {
      if (open.size >= MOST_OPEN) return;
      const request = ask(port, (pid) => {
        if (pid !== null && pid !== otherThan) end({ pid, at: performance.now() });
      });
      open.add(request);
      request.once('close', () => open.delete(request));
    };
    const interval = setInterval(send, ASK_EVERY_MS);
    const deadline = setTimeout(() => end(null), withinMs);
    send();
  });
}

/** Asks some times in a row, so that the server has done some work. */
export async function askTimes(port, times) {
  for (let count = 0; count < times; count++) {
    await new Promise((resolve) => ask(port, () => undefined).once('close', resolve));
  }
}

function ask(port, onAnswer) {
  const request = get({ host: '127.0.0.1', port, agent: false }, (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (chunk) => (body += chunk));
    response.on('end', () => onAnswer(response.statusCode === 200 ? Number(body) : null));
    response.on('error', () => undefined);
  });
  const timer = setTimeout(() => request.destroy(), ANSWER_WITHIN_MS);
  request.once('close', () => clearTimeout(timer));
  request.on('error', () => undefined);
  return request;
}
