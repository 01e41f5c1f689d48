import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const EVERY_MS = 10;

/** Sends numbered events to a port of loopback at a steady rate, and can send what is none. */
export class EventSource {
  sent = 0;
  #socket = createSocket('udp4');
  #port;
  #encode;
  #timer;

  /** @param encode - makes the datagram of an event */
  constructor(port, encode) {
    this.#port = port;
    this.#encode = encode;
    this.#timer = setInterval(() => this.#sendNext(), EVERY_MS);
  }

  sendBytes(bytes) {
    this.#socket.send(bytes, this.#port, '127.0.0.1', () => undefined);
  }

  /** Many at once, more than the steady rate. */
  burst(count) {
    for (let number = 0; number < count; number += 1) this.#sendNext();
  }

  async close() {
    clearInterval(this.#timer);
    this.#socket.close();
    await once(this.#socket, 'close');
  }

  #sendNext() {
    this.sent += 1;
    const attributes = [{ name: 'n', type: 'int32', value: this.sent }];
    this.sendBytes(this.#encode({ name: 'Step', attributes }));
  }
}
