import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { encodeEvent } from '../../lib/lwes/encode-event.ts';
import type { LwesAttribute, LwesEvent } from '../../lib/lwes/lwes-event.ts';
import { findFreePorts } from '../support/free-ports.ts';

/** Sends events to one address of loopback, in order. */
export class EventSender {
  readonly #socket: Socket = createSocket('udp4');
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  async send(event: LwesEvent): Promise<void> {
    await this.sendBytes(encodeEvent(event));
  }

  sendBytes(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(bytes, this.#port, '127.0.0.1', (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }
}

/** `int32` for whole numbers, `string` for texts. */
export function makeEvent(
  name: string,
  values: Readonly<Record<string, string | number>> = {},
): LwesEvent {
  const attributes = Object.entries(values).map(([key, value]): LwesAttribute =>
    typeof value === 'string'
      ? { name: key, type: 'string', value }
      : { name: key, type: 'int32', value },
  );
  return { name, attributes };
}

/** A port on which nobody receives datagrams, and which is given to nobody else. */
export async function findUdpPort(): Promise<number> {
  for (;;) {
    const port = await findFreePorts();
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4').bind(port);
  const free = await once(socket, 'listening').then(
    () => true,
    () => false,
  );
  socket.close();
  await once(socket, 'close');
  return free;
}
