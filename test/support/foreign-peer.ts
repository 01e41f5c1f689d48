import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate, parser, type Packet } from 'mqtt-packet';
import { waitForEvent } from './wait-for-event.ts';

export interface ForeignMessage {
  readonly topic: string;
  /** Read once; a text when it was encoded twice. */
  readonly raw: unknown;
  /** Read as often as it was encoded. */
  // Whatever the other side has sent.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly value: any;
}

/** A client or server of the older kind: packets of an independent library, messages as that family writes them. */
export class ForeignPeer extends EventEmitter {
  readonly socket: Socket;
  readonly messages: ForeignMessage[] = [];
  readonly packets: Packet[] = [];
  isClosed = false;

  private constructor(socket: Socket) {
    super();
    this.socket = socket;
    const reader = parser({ protocolVersion: 4 });
    reader.on('packet', (packet: Packet) => {
      this.#take(packet);
    });
    socket.on('data', (chunk: Buffer) => reader.parse(chunk));
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.isClosed = true;
      this.emit('closed');
    });
  }

  /** Connects, sends CONNECT and waits for CONNACK. */
  static async connect(port: number, host = '127.0.0.1'): Promise<ForeignPeer> {
    const socket = connect({ port, host });
    await once(socket, 'connect');
    const peer = new ForeignPeer(socket);
    peer.sendPacket({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      keepalive: 0,
      clientId: `MQTT_ADMIN_${Date.now()}`,
    });
    await peer.waitForPacket('connack');
    return peer;
  }

  sendPacket(packet: Packet): void {
    this.socket.write(generate(packet));
  }

  /** Sends a value as JSON. */
  publish(topic: string, value: unknown): void {
    this.publishBytes(topic, JSON.stringify(value));
  }

  /** Sends a value as JSON within a text of JSON. */
  publishTwice(topic: string, value: unknown): void {
    this.publish(topic, JSON.stringify(value));
  }

  publishBytes(topic: string, payload: string | Buffer): void {
    this.sendPacket({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
  }

  async waitForPacket(cmd: Packet['cmd']): Promise<Packet> {
    const there = this.packets.find((packet) => packet.cmd === cmd);
    if (there !== undefined) return there;
    const [packet] = await waitForEvent(this, 'packet', (other: Packet) => other.cmd === cmd);
    return packet as Packet;
  }

  /** The first message that fits, of those that have come already too. */
  async waitFor(fits: (message: ForeignMessage) => boolean): Promise<ForeignMessage> {
    const there = this.messages.find(fits);
    if (there !== undefined) return there;
    const [message] = await waitForEvent(this, 'message', fits);
    return message as ForeignMessage;
  }

  async register(body: Record<string, unknown>): Promise<{ code: number; msg: string }> {
    this.publish('register', body);
    const { value } = await this.waitFor(({ topic }) => topic === 'register');
    return value;
  }

  registerClient(
    id: string,
    { username = 'admin', password = 'admin' } = {},
  ): Promise<{ code: number; msg: string }> {
    const digest = createHash('md5').update(password).digest('hex');
    return this.register({ type: 'client', id, username, password: digest, md5: true });
  }

  registerMonitor(
    id: string,
    { serverType = 'chat', token }: { serverType?: string; token?: string } = {},
  ): Promise<{ code: number; msg: string }> {
    return this.register(monitorRegistration(id, { serverType, token }));
  }

  /** Asks, and waits for the answer. */
  async request(reqId: number, moduleId: string, body: unknown): Promise<ForeignMessage> {
    this.publishTwice('client', { reqId, moduleId, body });
    return this.waitFor(({ value }) => value?.respId === reqId);
  }

  async closed(): Promise<void> {
    if (!this.isClosed) await waitForEvent(this, 'closed');
  }

  async close(): Promise<void> {
    this.socket.destroy();
    await this.closed();
  }

  #take(packet: Packet): void {
    this.packets.push(packet);
    this.emit('packet', packet);
    if (packet.cmd !== 'publish') return;
    const raw: unknown = JSON.parse(packet.payload.toString());
    const value: unknown = typeof raw === 'string' ? JSON.parse(raw) : raw;
    const message = { topic: packet.topic, raw, value };
    this.messages.push(message);
    this.emit('message', message);
  }
}

/** What a server of the older kind says of itself. */
export function monitorRegistration(
  id: string,
  { serverType = 'chat', token }: { serverType?: string; token?: string | undefined } = {},
): Record<string, unknown> {
  const info = { id, serverType, host: '127.0.0.1', port: 6050 };
  return {
    id,
    type: 'monitor',
    serverType,
    pid: 4711,
    info,
    ...(token === undefined ? {} : { token }),
  };
}
