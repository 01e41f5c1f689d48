'use strict';
// Sends requests to a server that is being mistreated, and says of each what became of it.

const { Agent, request: httpRequest } = require('node:http');

const LATE_MS = 5000;
// A client that was held up makes up for what it missed, but not in one blow.
const MOST_AT_ONCE = 20;
const MOST_OPEN = 5000;
const MOST_DETAILS = 50;
const PAUSE_AFTER_FAILURE_MS = 5;
const OUTCOMES = { refused: ['ECONNREFUSED', 'ENOENT'], reset: ['ECONNRESET', 'EPIPE'] };

/** Sends one request on a connection of its own; resolves with what became of it, never rejects. */
function ask(target, options = {}) {
  return send(target, options).answer;
}

/** Sends one request; `giveUp` ends the waiting for an answer, which counts as late. */
function send(target, { lateMs = LATE_MS, agent = false } = {}) {
  const startedAt = performance.now();
  let settle;
  const answer = new Promise((resolve) => {
    settle = ({ outcome, detail, status = null, body = '' }) => {
      const at = performance.now();
      clearTimeout(timer);
      resolve({ outcome, detail, status, body, startedAt, at, tookMs: at - startedAt });
    };
  });
  const request = httpRequest({ host: '127.0.0.1', ...target, agent }, (response) => {
    readBody(response, settle);
  });
  const giveUp = () => {
    settle({ outcome: 'late', detail: 'no answer' });
    request.destroy();
  };
  const timer = setTimeout(giveUp, lateMs);
  request.on('error', (error) => settle(classifyError(error)));
  request.end();
  return { answer, giveUp };
}

function readBody(response, settle) {
  let body = '';
  response.setEncoding('utf8');
  response.on('data', (text) => (body += text));
  response.on('error', (error) => settle(classifyError(error)));
  response.on('end', () => {
    const status = response.statusCode;
    settle({ outcome: classifyStatus(status), detail: String(status), status, body });
  });
}

function classifyStatus(status) {
  if (status >= 500) return '5xx';
  return status < 400 ? 'ok' : 'other';
}

function classifyError(error) {
  const detail = error.code ?? error.message;
  const known = Object.entries(OUTCOMES).find(([, codes]) => codes.includes(detail));
  return { outcome: known?.[0] ?? 'other', detail };
}

/** Opens a connection for a request at a steady pace, whatever becomes of the others. */
function startNewConnections(target, { everyMs = 5, lateMs = LATE_MS, onAnswer } = {}) {
  const tally = new Tally(onAnswer);
  let base = performance.now();
  let due = 0;
  const tick = () => {
    const wanted = Math.floor((performance.now() - base) / everyMs) + 1 - due;
    if (wanted > MOST_AT_ONCE) base += (wanted - MOST_AT_ONCE) * everyMs;
    for (let count = Math.min(wanted, MOST_AT_ONCE); count > 0; count--) {
      due++;
      if (tally.open < MOST_OPEN) void tally.add(send(target, { lateMs }));
    }
  };
  const timer = setInterval(tick, Math.max(1, Math.floor(everyMs)));
  tick();
  return createLoad(tally, () => clearInterval(timer));
}

/** Keeps some connections open, and sends on each of them one request after the other. */
function startKeepAlive(
  target,
  { connections = 20, pauseMs = 10, lateMs = LATE_MS, onAnswer } = {},
) {
  const tally = new Tally(onAnswer);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let ended = false;
  const askOn = async () => {
    while (!ended) {
      const { outcome } = await tally.add(send(target, { lateMs, agent }));
      await pause(outcome === 'ok' ? pauseMs : Math.max(pauseMs, PAUSE_AFTER_FAILURE_MS));
    }
  };
  const loops = Array.from({ length: connections }, askOn);
  return createLoad(tally, async () => {
    ended = true;
    await Promise.all(loops);
    agent.destroy();
  });
}

function pause(ms) {
  return new Promise((resolve) => (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)));
}

function createLoad(tally, stop) {
  return {
    get report() {
      return tally.report;
    },
    get underWay() {
      return tally.open;
    },
    async end({ now = false } = {}) {
      const stopped = stop();
      if (now) tally.giveUp();
      await stopped;
      await tally.settled();
      return tally.report;
    },
  };
}

/** Counts what became of the requests of a load. */
class Tally {
  #underWay = new Map();
  #counts = { ok: 0, late: 0, '5xx': 0, refused: 0, reset: 0, other: 0 };
  #details = {};
  #longestMs = 0;
  #sent = 0;
  #onAnswer;

  constructor(onAnswer) {
    this.#onAnswer = onAnswer;
  }

  get open() {
    return this.#underWay.size;
  }

  get report() {
    const counts = { ...this.#counts };
    return {
      sent: this.#sent,
      counts,
      failed: Object.values(counts).reduce((sum, count) => sum + count, 0) - counts.ok,
      details: { ...this.#details },
      longestMs: this.#longestMs,
    };
  }

  add(sent) {
    this.#sent++;
    const counted = sent.answer.then((answer) => {
      this.#underWay.delete(sent);
      this.#count(answer);
      this.#onAnswer?.(answer);
      return answer;
    });
    this.#underWay.set(sent, counted);
    return counted;
  }

  giveUp() {
    for (const sent of this.#underWay.keys()) sent.giveUp();
  }

  async settled() {
    await Promise.all(this.#underWay.values());
  }

  #count({ outcome, detail, tookMs }) {
    this.#counts[outcome]++;
    if (outcome === 'ok') this.#longestMs = Math.max(this.#longestMs, tookMs);
    const isKnown = Object.hasOwn(this.#details, detail);
    if (isKnown || Object.keys(this.#details).length < MOST_DETAILS) {
      this.#details[detail] = (this.#details[detail] ?? 0) + 1;
    }
  }
}

module.exports = { ask, send, startKeepAlive, startNewConnections };
