import { WebSocket } from 'ws';

const AGAIN_MS = 100;

/** A client that comes again after each end of its connection, goes on where it was, and counts what it was not told of. */
export class StreamReader {
  received = 0;
  last = 0;
  /** Events that are missing, and nothing was said of them. */
  untold = 0;
  broken = [];
  #url;
  #channel;
  #socket;
  #next = '';
  #isOver = false;
  /** Something was said of what is missing before the next event. */
  #isTold = false;

  constructor(url, channel) {
    this.#url = url;
    this.#channel = channel;
    this.#connect();
  }

  /** Ends the connection without a word. */
  cut() {
    this.#socket.terminate();
  }

  close() {
    this.#isOver = true;
    this.#socket.terminate();
  }

  #connect() {
    const socket = new WebSocket(this.#url, { handshakeTimeout: 5000 });
    this.#socket = socket;
    const config = {
      ...{ ...this.#channel, batchSize: 20, maxSecs: 1 },
      ...{ requests: { Step: ['n'] }, since: this.#next },
    };
    socket.on('open', () => socket.send(JSON.stringify(config)));
    socket.on('message', (data) => this.#take(JSON.parse(data.toString())));
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (!this.#isOver) setTimeout(() => this.#connect(), AGAIN_MS);
    });
  }

  #take({ type, msg, data, next }) {
    if (this.#isOver) return;
    if (type !== 'data') {
      this.broken.push(`a right configuration was answered ${msg}`);
      return;
    }
    if (msg !== '') this.#isTold = true;
    for (const { attrs } of data) {
      const missing = attrs.n - this.last - 1;
      if (missing < 0) this.broken.push(`${String(attrs.n)} came after ${String(this.last)}`);
      if (missing > 0 && this.last > 0 && !this.#isTold) this.untold += missing;
      this.#isTold = false;
      this.last = attrs.n;
      this.received += 1;
    }
    if (next !== undefined) this.#next = next;
  }
}
