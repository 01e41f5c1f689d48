import { get } from 'node:http';
import { patiently } from '../support/patience.mjs';

const ASK_EVERY_MS = 20;
const MOST_OPEN = 100;
const PATIENCE_MS = 20_000;

/** New connections at a steady rate, and what became of them. */
export class Traffic {
  answered = 0;
  unavailable = 0;
  /** Accepted, and then ended without an answer: those that a dead process had. */
  lost = 0;
  /** What nobody may ever see: refused, or without any answer for long. */
  broken = [];
  /** The monitor itself is away: nobody listens. */
  isMonitorAway = false;
  #port;
  #open = new Set();
  #interval;

  constructor(port) {
    this.#port = port;
    this.#interval = setInterval(() => this.#ask(), ASK_EVERY_MS);
  }

  get summary() {
    return `${String(this.answered)} answered, ${String(this.unavailable)} told to come again, ${String(this.lost)} lost in a dying process`;
  }

  stop() {
    clearInterval(this.#interval);
    for (const request of this.#open) request.destroy();
  }

  #ask() {
    if (this.#open.size >= MOST_OPEN) return;
    const wasAway = this.isMonitorAway;
    const request = get({ host: '127.0.0.1', port: this.#port, agent: false }, (response) => {
      if (response.statusCode === 503 && response.headers['retry-after'] !== undefined)
        this.unavailable++;
      else if (response.statusCode === 200) this.answered++;
      else this.broken.push(`status ${String(response.statusCode)}`);
      response.resume();
    });
    this.#open.add(request);
    const patience = setTimeout(() => {
      if (!wasAway && !this.isMonitorAway) this.broken.push('no answer for long');
      request.destroy();
    }, patiently(PATIENCE_MS));
    request.once('close', () => {
      clearTimeout(patience);
      this.#open.delete(request);
    });
    request.on('error', (error) => {
      if (error.code === 'ECONNREFUSED') {
        if (!wasAway && !this.isMonitorAway) this.broken.push('a connection was refused');
      } else this.lost++;
    });
  }
}
