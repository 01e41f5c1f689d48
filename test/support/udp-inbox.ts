import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { waitUntil } from './wait-until.ts';

/** A plain UDP socket that keeps what it gets. */
export interface UdpInbox {
  readonly port: number;
  readonly datagrams: readonly Buffer[];
  /** The datagrams, once there are so many. */
  waitFor(count: number): Promise<readonly Buffer[]>;
  close(): Promise<void>;
}

export async function openUdpInbox(): Promise<UdpInbox> {
  const socket = createSocket('udp4');
  const datagrams: Buffer[] = [];
  socket.on('message', (bytes) => datagrams.push(bytes));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    datagrams,
    waitFor: (count) =>
      waitUntil(
        () => (datagrams.length >= count ? datagrams : undefined),
        () => `${datagrams.length} of ${count} datagrams came`,
      ),
    close: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
