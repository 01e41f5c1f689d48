import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../util/clock.ts';
import {
  type AdminMessage,
  composeAdminMessage,
  composePlain,
  MOST_MESSAGE_BYTES,
  parseAdminMessage,
  readPayload,
} from '../protocol/admin-message.ts';
import { type AdminTopic, isAdminTopic } from '../protocol/admin-topic.ts';
import { MqttLink } from '../protocol/mqtt-link.ts';
import type { MqttPacket, MqttPublish } from '../protocol/mqtt-packet.ts';
import type { RegistrationAnswer } from '../protocol/registration.ts';
import type { AdminPerson } from './admin-credentials.ts';
import type { MonitorFacts } from './monitor-facts.ts';

/** Who is at the other end. */
export type ConnectionRole =
  | { readonly kind: 'stranger' }
  /** It has said who it is, and that is being checked. */
  | { readonly kind: 'checked' }
  | { readonly kind: 'client'; readonly id: string; readonly person: AdminPerson }
  | { readonly kind: 'monitor'; readonly facts: MonitorFacts };

/** Where a connection turns with what comes over it. */
export interface ConnectionHost {
  register(connection: AdminConnection, how: 'register' | 'reconnect', value: unknown): void;
  receive(connection: AdminConnection, message: AdminMessage): void;
  beat(connection: AdminConnection): void;
  closed(connection: AdminConnection, why: string | null): void;
}

export interface AdminConnectionSettings {
  readonly socket: Socket;
  readonly clock: Clock;
  readonly host: ConnectionHost;
  /** How long it may take to register, milliseconds. */
  readonly strangerMs: number;
}

const STRANGER_BYTES = 64 * 1024;
const MOST_UNSENT_BYTES = 32 * 1024 * 1024;
// A host that was cut off is noticed within seconds, without a word of the protocol.
const KEEP_ALIVE_MS = 10_000;

/** One connection to the master: of a server, a client, or of somebody who has not said yet who they are. */
export class AdminConnection {
  readonly address: string;
  readonly #host: ConnectionHost;
  readonly #link: MqttLink;
  readonly #patience: Timer;
  #role: ConnectionRole = { kind: 'stranger' };

  constructor({ socket, clock, host, strangerMs }: AdminConnectionSettings) {
    this.address = socket.remoteAddress ?? '';
    this.#host = host;
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#link = new MqttLink({
      socket,
      clock,
      maxPacketBytes: STRANGER_BYTES,
      maxUnsentBytes: MOST_UNSENT_BYTES,
      onPacket: (packet) => {
        this.#take(packet);
      },
      onClosed: (why) => {
        this.#patience.cancel();
        host.closed(this, why);
      },
    });
    this.#patience = clock.setTimer(strangerMs, () => {
      this.drop('it did not say who it is');
    });
  }

  get role(): ConnectionRole {
    return this.#role;
  }

  /** For how long nothing has come, milliseconds. */
  get silentMs(): number {
    return this.#link.silentMs;
  }

  get isOpen(): boolean {
    return this.#link.isOpen;
  }

  /** It has been made sure who is there. */
  accept(role: ConnectionRole): void {
    this.#patience.cancel();
    this.#role = role;
    this.#link.allow(MOST_MESSAGE_BYTES);
  }

  /** It may try once more, within the time it has. */
  forget(): void {
    this.#role = { kind: 'stranger' };
  }

  answerRegistration(topic: 'register' | 'reconnect_ok', answer: RegistrationAnswer): void {
    this.#publish(topic, composePlain(answer));
  }

  /** @returns false when it could not be sent */
  send(message: AdminMessage): boolean {
    return this.sendPayload(composeAdminMessage(message));
  }

  sendPayload(payload: Buffer): boolean {
    return this.#publish(this.#role.kind === 'monitor' ? 'monitor' : 'client', payload);
  }

  end(why: string): void {
    this.#link.end(why);
  }

  drop(why: string): void {
    this.#link.drop(why);
  }

  #publish(topic: AdminTopic, payload: Buffer): boolean {
    return this.#link.send({ kind: 'publish', topic, payload });
  }

  #take(packet: MqttPacket): void {
    switch (packet.kind) {
      case 'connect':
        this.#link.send({ kind: 'connack', returnCode: 0 });
        break;
      case 'pingreq':
        this.#link.send({ kind: 'pingresp' });
        this.#host.beat(this);
        break;
      case 'publish':
        this.#takeMessage(packet);
        break;
      case 'disconnect':
        this.#link.end('it said goodbye');
        break;
      case 'connack':
      case 'pingresp':
        this.drop('it sent what only a master sends');
        break;
    }
  }

  #takeMessage({ topic, payload }: MqttPublish): void {
    const value = readPayload(payload);
    if (!isAdminTopic(topic)) return;
    if (topic === 'register' || topic === 'reconnect') {
      // A second one would be somebody else.
      if (this.#role.kind !== 'stranger') this.end('it registered twice');
      else {
        this.#role = { kind: 'checked' };
        this.#host.register(this, topic, value);
      }
      return;
    }
    if (this.#role.kind !== topic) {
      this.end(`it is not registered as ${topic}`);
      return;
    }
    const message = parseAdminMessage(value);
    if (message !== null) this.#host.receive(this, message);
  }
}
