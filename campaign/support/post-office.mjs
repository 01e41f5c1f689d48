import { connect, createServer } from 'node:net';
import { Mailbox } from '../../scripts/demo/mailbox.mjs';

/** A mail server behind a door that can be shut: it refuses, or lets everybody wait for ever. */
export class PostOffice {
  mode = 'open';
  #mailbox = new Mailbox();
  #sockets = new Set();
  #door;

  static async open() {
    const office = new PostOffice();
    await office.#mailbox.open();
    await office.#listen();
    return office;
  }

  get url() {
    return `smtp://127.0.0.1:${String(this.#door.address().port)}`;
  }

  get mails() {
    return this.#mailbox.mails;
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    this.#door.close();
    await this.#mailbox.close();
  }

  #listen() {
    const inside = Number(new URL(this.#mailbox.address).port);
    this.#door = createServer((socket) => {
      this.#keep(socket);
      if (this.mode === 'refusing') socket.end('421 not now\r\n');
      else if (this.mode === 'open') this.#pass(socket, connect(inside, '127.0.0.1'));
    });
    return new Promise((resolve) => this.#door.listen(0, '127.0.0.1', resolve));
  }

  #pass(socket, inner) {
    this.#keep(inner);
    socket.pipe(inner).pipe(socket);
    socket.once('close', () => inner.destroy());
  }

  #keep(socket) {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
