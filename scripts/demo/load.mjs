import { request } from 'node:http';

const EVERY_MS = 5;
const TIMEOUT_MS = 5000;
const MAX_IN_FLIGHT = 500;

export const REQUESTS_PER_SECOND = 1000 / EVERY_MS;

/** A steady stream of requests, each on a new connection, that remembers who answered each one and when. */
export class Load {
  answers = [];
  #port;
  #timer;
  #inFlight = new Set();

  constructor(port) {
    this.#port = port;
  }

  start() {
    this.#timer = setInterval(() => this.#send(), EVERY_MS);
  }

  /** Sends no more, and waits for the answers that are still to come. */
  async stop() {
    clearInterval(this.#timer);
    await Promise.all([...this.#inFlight].map(({ settled }) => settled));
  }

  /** Drops everything at once. */
  abort() {
    clearInterval(this.#timer);
    for (const { outgoing } of this.#inFlight) outgoing.destroy();
  }

  #send() {
    if (this.#inFlight.size >= MAX_IN_FLIGHT) return;
    const sentAt = performance.now();
    const entry = get(this.#port, '/', { timeout: TIMEOUT_MS });
    this.#inFlight.add(entry);
    entry.settled = entry.answer.then((answer) => {
      this.#inFlight.delete(entry);
      this.answers.push({ ...answer, sentAt, at: performance.now() });
    });
  }
}

/** One GET on a connection of its own. The answer never rejects: it tells the failure. */
export function get(port, path, options = {}) {
  const outgoing = request({ host: '127.0.0.1', port, path, agent: false, ...options });
  const answer = new Promise((resolve) => {
    const fail = (error) => resolve({ ok: false, pid: null, failure: wordFor(error) });
    outgoing.on('error', fail);
    outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error(), { code: 'TIMEOUT' })));
    outgoing.on('response', (incoming) => {
      incoming.on('error', fail);
      incoming.on('end', () => resolve(readAnswer(incoming)));
      incoming.resume();
    });
  });
  outgoing.end();
  return { outgoing, answer };
}

function readAnswer({ statusCode, headers }) {
  const pid = Number(headers['x-served-by']);
  if (statusCode < 500) return { ok: true, pid, failure: null };
  return { ok: false, pid, failure: `status ${statusCode}` };
}

function wordFor({ code }) {
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ECONNRESET') return 'cut off';
  return code === 'TIMEOUT' ? 'no answer' : String(code).toLowerCase();
}
