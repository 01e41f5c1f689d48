import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../util/clock.ts';
import { MqttDecoder } from './mqtt-decoder.ts';
import { encodePacket } from './mqtt-encoder.ts';
import type { MqttPacket } from './mqtt-packet.ts';

export interface MqttLinkSettings {
  readonly socket: Socket;
  readonly clock: Clock;
  /** The longest packet that is taken, bytes. */
  readonly maxPacketBytes: number;
  /** How much may wait for a peer that does not read, bytes; beyond it the peer is dropped. */
  readonly maxUnsentBytes: number;
  onPacket(packet: MqttPacket): void;
  /** Called once, when nothing comes any more. @param why - null when the other side has ended it */
  onClosed(why: string | null): void;
}

const GRACE_MS = 1000;

/** One connection that packets come and go over. Whatever comes, nothing is thrown: the link ends instead. */
export class MqttLink {
  readonly #settings: MqttLinkSettings;
  readonly #decoder: MqttDecoder;
  #state: 'open' | 'ending' | 'closed' = 'open';
  #why: string | null = null;
  #grace: Timer | null = null;
  #heardAt: number;

  constructor(settings: MqttLinkSettings) {
    this.#settings = settings;
    this.#decoder = new MqttDecoder(settings.maxPacketBytes);
    this.#heardAt = settings.clock.now();
    const { socket } = settings;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
    socket.on('error', (error: Error) => {
      this.#why ??= error.message;
    });
    socket.once('end', () => socket.end());
    socket.once('close', () => {
      this.#close();
    });
  }

  /** For how long nothing has come, milliseconds. */
  get silentMs(): number {
    return this.#settings.clock.now() - this.#heardAt;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** From now on packets of another length are taken, bytes. */
  allow(maxPacketBytes: number): void {
    this.#decoder.maxBytes = maxPacketBytes;
  }

  /** @returns false when it could not be sent: the link is ending, or the peer does not read */
  send(packet: MqttPacket): boolean {
    if (this.#state !== 'open') return false;
    const { socket, maxUnsentBytes } = this.#settings;
    if (socket.writableLength > maxUnsentBytes) {
      this.drop('it does not read what is sent');
      return false;
    }
    this.#gather();
    socket.write(encodePacket(packet));
    return true;
  }

  /** What is sent in one turn goes out at once: each write wakes the process at the other end. */
  #gather(): void {
    const { socket } = this.#settings;
    if (socket.writableCorked > 0) return;
    socket.cork();
    process.nextTick(() => {
      socket.uncork();
    });
  }

  /** Says goodbye, and closes when it is said or a second has passed. */
  end(why: string): void {
    if (this.#state !== 'open') return;
    this.send({ kind: 'disconnect' });
    this.#state = 'ending';
    this.#why ??= why;
    const { socket, clock } = this.#settings;
    socket.end();
    this.#grace = clock.setTimer(GRACE_MS, () => {
      socket.destroy();
    });
  }

  /** Closes at once. */
  drop(why: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'ending';
    this.#why ??= why;
    this.#settings.socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#state !== 'open') return;
    this.#heardAt = this.#settings.clock.now();
    try {
      for (const packet of this.#decoder.push(chunk)) {
        this.#settings.onPacket(packet);
        if (!this.isOpen) return;
      }
    } catch (error) {
      this.drop(error instanceof Error ? error.message : String(error));
    }
  }

  #close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#grace?.cancel();
    this.#settings.onClosed(this.#why);
  }
}
