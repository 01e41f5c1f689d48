import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../util/clock.ts';
import { createDeferred } from '../../util/deferred.ts';
import type { AdminAnswer } from '../modules/admin-module.ts';
import type { ModuleDesk } from '../modules/module-desk.ts';
import {
  type AdminMessage,
  composeAdminMessage,
  composePlain,
  parseAdminMessage,
  readPayload,
} from '../protocol/admin-message.ts';
import { linkToMaster } from '../protocol/link-to-master.ts';
import type { MqttLink } from '../protocol/mqtt-link.ts';
import type { MqttPacket, MqttPublish } from '../protocol/mqtt-packet.ts';
import type { PendingRequests } from '../protocol/pending-requests.ts';
import type { PlainRecord } from '../protocol/plain-record.ts';
import { parseRegistrationAnswer } from '../protocol/registration.ts';

/** What a server says of itself. */
export interface ServerIdentity {
  readonly id: string;
  readonly serverType: string;
  readonly pid: number;
  /** What it was started with; without secrets. */
  readonly info: PlainRecord;
}

export interface MasterConversationSettings {
  readonly socket: Socket;
  readonly clock: Clock;
  readonly identity: ServerIdentity;
  readonly token: string | null;
  /** It was taken before: it comes back. */
  readonly isBack: boolean;
  readonly desk: ModuleDesk;
  readonly pending: PendingRequests;
  onJoined(): void;
  /** @param refusal - the master's words, when it did not take the server */
  readonly onEnded: (reason: string, refusal: string | null) => void;
}

type Stage = 'greeting' | 'reconnecting' | 'registering' | 'joined' | 'ended';

const ANSWER_MS = 10_000;
const BEAT_MS = 1000;
/** Other masters are pinged as their own servers do. */
const FOREIGN_PING_MS = 60_000;
/** A master that does not answer for so many beats is taken for dead. */
const MOST_SILENT_BEATS = 15;
const MOST_SILENT_PINGS = 2;
const MASTER = 'the master';

/** One connection to a master, from the greeting to its end. */
export class MasterConversation {
  readonly #settings: MasterConversationSettings;
  readonly #link: MqttLink;
  readonly #closed = createDeferred();
  #stage: Stage = 'greeting';
  #refusal: string | null = null;
  #timer: Timer;

  constructor(settings: MasterConversationSettings) {
    this.#settings = settings;
    const { socket, clock } = settings;
    this.#link = linkToMaster({
      socket,
      clock,
      onPacket: (packet) => {
        this.#take(packet);
      },
      onEnded: (why) => {
        this.#end(why);
      },
    });
    this.#timer = clock.setTimer(ANSWER_MS, () => {
      this.#link.drop('it does not answer');
    });
    this.#link.send({ kind: 'connect', clientId: `VIGIL_${settings.identity.id}` });
  }

  get isJoined(): boolean {
    return this.#stage === 'joined';
  }

  /** @returns false when it could not be sent @throws ERR_FLEET_MESSAGE when it cannot be written as JSON */
  send(message: AdminMessage): boolean {
    return this.isJoined && this.#publish('monitor', composeAdminMessage(message));
  }

  close(): Promise<void> {
    this.#link.end('this server is ending');
    return this.#closed.promise;
  }

  #take(packet: MqttPacket): void {
    if (packet.kind === 'connack') this.#greet(packet.returnCode);
    else if (packet.kind === 'publish') this.#takeMessage(packet);
    else if (packet.kind === 'disconnect') this.#link.end('it said goodbye');
  }

  #greet(returnCode: number): void {
    if (this.#stage !== 'greeting') return;
    const { isBack, token } = this.#settings;
    if (returnCode !== 0) this.#link.drop(`it refuses connections (${String(returnCode)})`);
    // Without a token a reconnection would be refused.
    else if (isBack && token !== null) this.#introduce('reconnecting', 'reconnect');
    else this.#introduce('registering', 'register');
  }

  #introduce(stage: Stage, topic: 'register' | 'reconnect'): void {
    const { identity, token } = this.#settings;
    this.#stage = stage;
    const shown = token === null ? {} : { token };
    this.#publish(topic, composePlain({ ...identity, type: 'monitor', ...shown, vigil: 1 }));
  }

  #takeMessage({ topic, payload }: MqttPublish): void {
    const value = readPayload(payload);
    if (topic === 'register' || topic === 'reconnect_ok') this.#takeAnswer(topic, value);
    if (topic !== 'monitor' || !this.isJoined) return;
    const message = parseAdminMessage(value);
    if (message !== null) this.#deliver(message);
  }

  #takeAnswer(topic: 'register' | 'reconnect_ok', value: unknown): void {
    const awaited = topic === 'register' ? 'registering' : 'reconnecting';
    const answer = parseRegistrationAnswer(value);
    if (answer === null || this.#stage !== awaited) return;
    if (answer.code === 1) this.#join(answer.vigil === 1);
    else if (awaited === 'reconnecting') this.#introduce('registering', 'register');
    else {
      this.#refusal = answer.msg === '' ? 'it gave no reason' : answer.msg;
      this.#link.end('it refused this server');
    }
  }

  #join(isOurs: boolean): void {
    this.#stage = 'joined';
    this.#timer.cancel();
    const [everyMs, most] = isOurs
      ? [BEAT_MS, MOST_SILENT_BEATS]
      : [FOREIGN_PING_MS, MOST_SILENT_PINGS];
    this.#beat(everyMs, everyMs * most);
    this.#settings.onJoined();
  }

  #beat(everyMs: number, deadMs: number): void {
    this.#link.send({ kind: 'pingreq' });
    this.#timer = this.#settings.clock.setTimer(everyMs, () => {
      if (this.#link.silentMs > deadMs) this.#link.drop('it has been silent for too long');
      else this.#beat(everyMs, deadMs);
    });
    // A server that has nothing else to do may end.
    this.#timer.unref();
  }

  #deliver(message: AdminMessage): void {
    const { desk, pending } = this.#settings;
    const from = { kind: 'master' } as const;
    if (message.kind === 'answer') {
      pending.settle(MASTER, message.id, message);
      return;
    }
    const answer = message.kind === 'notice' ? null : this.#answerTo(message.id);
    const { moduleId, body } = message;
    if (message.kind === 'command')
      desk.command({ command: message.command, moduleId, from, answer });
    else desk.deliver({ moduleId: message.moduleId, body, from, answer });
  }

  #answerTo(id: number | null): AdminAnswer | null {
    if (id === null) return null;
    return (error, body) => {
      try {
        this.send({ kind: 'answer', id, error, body });
      } catch (failure) {
        this.send({ kind: 'answer', id, error: failure, body: null });
      }
    };
  }

  #publish(topic: string, payload: Buffer): boolean {
    return this.#link.send({ kind: 'publish', topic, payload });
  }

  #end(reason: string): void {
    this.#stage = 'ended';
    this.#timer.cancel();
    this.#closed.resolve();
    this.#settings.onEnded(reason, this.#refusal);
  }
}
