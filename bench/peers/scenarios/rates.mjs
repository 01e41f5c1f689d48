import { measureKeptRate, measureNewRate } from '../../load/request-rate.mjs';
import { readProcessorMs } from '../../support/process-facts.mjs';

const CONNECTIONS = 20;

/** Answers a second of one contender, gathered in turns. */
export class Rates {
  #running;
  #pids = null;
  #answers = 0;
  #lastedMs = 0;
  #processorMs = 0;

  constructor(running) {
    this.#running = running;
  }

  get name() {
    return this.#running.contender.name;
  }

  /** Answers a second on kept connections, and the processor's milliseconds for a thousand of them. */
  get result() {
    return {
      kept: (this.#answers / this.#lastedMs) * 1000,
      cost: (this.#processorMs / this.#answers) * 1000,
    };
  }

  /** A server runs for days: what its code costs before it is compiled is no part of its rate. */
  async warm(forMs) {
    await measureKeptRate(this.#running.port, { connections: CONNECTIONS, forMs });
    this.#pids = this.#running.findProcesses();
  }

  /** A turn with connections that are kept. */
  async measureKept(forMs) {
    const before = readProcessorMs(this.#pids);
    const startedAt = performance.now();
    const rate = await measureKeptRate(this.#running.port, { connections: CONNECTIONS, forMs });
    const tookMs = performance.now() - startedAt;
    this.#answers += (rate * tookMs) / 1000;
    this.#lastedMs += tookMs;
    this.#processorMs += readProcessorMs(this.#pids) - before;
  }

  /** Answers a second with a connection for each request. */
  measureNew(forMs) {
    return measureNewRate(this.#running.port, { connections: CONNECTIONS, forMs });
  }
}
