import type { Socket } from 'node:net';
import { VigilError } from '../../errors.ts';
import type { Clock, Timer } from '../../util/clock.ts';
import { createDeferred } from '../../util/deferred.ts';
import {
  type AdminMessage,
  composeAdminMessage,
  composePlain,
  parseAdminMessage,
  readPayload,
} from '../protocol/admin-message.ts';
import { dialMaster, type MasterAddress } from '../protocol/dial-master.ts';
import { linkToMaster } from '../protocol/link-to-master.ts';
import type { MqttLink } from '../protocol/mqtt-link.ts';
import type { MqttPacket, MqttPublish } from '../protocol/mqtt-packet.ts';
import { PendingRequests } from '../protocol/pending-requests.ts';
import { parseRegistrationAnswer } from '../protocol/registration.ts';

export interface AdminClientSettings extends MasterAddress {
  readonly clock: Clock;
  /** What the master calls this client; two at once cannot have the same. */
  readonly id: string;
  readonly username: string;
  readonly password: string;
  /** A module tells something without having been asked. */
  readonly onNotice: (moduleId: string, body: unknown) => void;
}

/** Its data may stand in either. */
export interface AdminReply {
  readonly error: unknown;
  readonly body: unknown;
}

type ClientState = 'dialling' | 'greeting' | 'registering' | 'ready' | 'closed';

const CONNECT_MS = 5000;
const REGISTER_MS = 10_000;
const PING_MS = 5000;
/** A master that was silent for so long is taken for dead. */
const SILENT_MS = 20_000;
const MASTER = 'the master';

/** A user's connection to a master: registers once, then asks. */
export class AdminClient {
  readonly #settings: AdminClientSettings;
  readonly #pending: PendingRequests;
  readonly #registered = createDeferred();
  readonly #closed = createDeferred();
  #state: ClientState = 'dialling';
  #link: MqttLink | null = null;
  #timer: Timer | null = null;

  private constructor(settings: AdminClientSettings) {
    this.#settings = settings;
    this.#pending = new PendingRequests(settings.clock);
  }

  /**
   * @throws ERR_FLEET_NO_MASTER when none answers there, ERR_FLEET_REFUSED when it does not take the user
   */
  static async connect(settings: AdminClientSettings): Promise<AdminClient> {
    const client = new AdminClient(settings);
    client.#dial();
    await client.#registered.promise;
    return client;
  }

  /** Resolves when the connection has ended, whoever ended it. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /**
   * Asks a module of the master.
   *
   * @throws ERR_FLEET_TIMEOUT, ERR_FLEET_AWAY when the master goes first, ERR_FLEET_MESSAGE when `body` is no JSON
   */
  request(moduleId: string, body: object, deadlineMs: number): Promise<AdminReply> {
    const { id: clientId, username } = this.#settings;
    const id = this.#pending.nextId;
    return this.#ask(
      { kind: 'request', id, moduleId, body: { ...body, clientId, username } },
      deadlineMs,
    );
  }

  /** Gives a command about modules, as `request` does. */
  command(command: string, moduleId: string | null, deadlineMs: number): Promise<AdminReply> {
    const { id: clientId, username } = this.#settings;
    const id = this.#pending.nextId;
    return this.#ask(
      { kind: 'command', id, command, moduleId, body: { clientId, username } },
      deadlineMs,
    );
  }

  async close(): Promise<void> {
    this.#link?.end('');
    await this.#closed.promise;
  }

  #ask(message: AdminMessage, deadlineMs: number): Promise<AdminReply> {
    const payload = composeAdminMessage(message);
    return new Promise((resolve, reject) => {
      const isOpen = this.#pending.open({
        peer: MASTER,
        deadlineMs,
        payload: null,
        answered: (error, body) => {
          if (error instanceof VigilError) reject(error);
          else resolve({ error, body });
        },
      });
      if (!isOpen) return;
      const isSent = this.#publish('client', payload);
      if (!isSent) this.#pending.failAll('the connection to the master has ended');
    });
  }

  #dial(): void {
    const { host, port, clock } = this.#settings;
    const place = `${host}:${String(port)}`;
    const fail = (why: string, cause?: Error): void => {
      this.#timer?.cancel();
      this.#state = 'closed';
      this.#closed.resolve();
      const text = `no master answers at ${place}: ${why}`;
      this.#registered.reject(new VigilError('ERR_FLEET_NO_MASTER', text, { cause }));
    };
    const giveUp = dialMaster(this.#settings, {
      onConnected: (socket) => {
        this.#timer?.cancel();
        this.#greet(socket);
      },
      onFailed: (error) => {
        fail(error.message, error);
      },
    });
    if (this.#isClosed) return;
    this.#timer = clock.setTimer(CONNECT_MS, () => {
      giveUp();
      fail(`it is silent for ${String(CONNECT_MS / 1000)} s`);
    });
  }

  get #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #greet(socket: Socket): void {
    const { clock, id } = this.#settings;
    this.#state = 'greeting';
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
    this.#timer = clock.setTimer(REGISTER_MS, () => {
      this.#link?.drop('what is there speaks no MQTT, or is busy');
    });
    this.#link.send({ kind: 'connect', clientId: id });
  }

  #take(packet: MqttPacket): void {
    if (packet.kind === 'connack') this.#register(packet.returnCode);
    else if (packet.kind === 'publish') this.#takeMessage(packet);
    else if (packet.kind === 'disconnect') this.#link?.end('it said goodbye');
  }

  #register(returnCode: number): void {
    if (this.#state !== 'greeting') return;
    if (returnCode !== 0) {
      this.#link?.drop('it refuses connections');
      return;
    }
    this.#state = 'registering';
    const { id, username, password } = this.#settings;
    const claim = username.startsWith('@')
      ? { password }
      : { password: md5Of(password), md5: true };
    this.#publish('register', composePlain({ type: 'client', id, username, ...claim }));
  }

  #takeMessage({ topic, payload }: MqttPublish): void {
    const value = readPayload(payload);
    if (topic === 'register' && this.#state === 'registering') this.#takeAnswer(value);
    if (topic !== 'client' || this.#state !== 'ready') return;
    const message = parseAdminMessage(value);
    if (message?.kind === 'answer') this.#pending.settle(MASTER, message.id, message);
    if (message?.kind === 'notice') this.#settings.onNotice(message.moduleId, message.body);
  }

  #takeAnswer(value: unknown): void {
    const answer = parseRegistrationAnswer(value);
    if (answer === null) return;
    if (answer.code !== 1) {
      const { username, host, port } = this.#settings;
      const place = `${host}:${String(port)}`;
      const text = `the master at ${place} does not take ${username}: ${answer.msg}`;
      this.#registered.reject(new VigilError('ERR_FLEET_REFUSED', text));
      this.#link?.end('it refused this client');
      return;
    }
    this.#state = 'ready';
    this.#timer?.cancel();
    this.#ping();
    this.#registered.resolve();
  }

  #ping(): void {
    this.#link?.send({ kind: 'pingreq' });
    this.#timer = this.#settings.clock.setTimer(PING_MS, () => {
      if ((this.#link?.silentMs ?? 0) > SILENT_MS) this.#link?.drop('it has been silent too long');
      else this.#ping();
    });
  }

  #publish(topic: string, payload: Buffer): boolean {
    return this.#link?.send({ kind: 'publish', topic, payload }) ?? false;
  }

  #end(why: string): void {
    const { host, port } = this.#settings;
    const text = `no master answers at ${host}:${String(port)}: ${why}`;
    this.#state = 'closed';
    this.#timer?.cancel();
    this.#registered.reject(new VigilError('ERR_FLEET_NO_MASTER', text));
    this.#pending.failAll(`the connection to the master has ended: ${why}`);
    this.#closed.resolve();
  }
}

/** The older masters compare this alone. */
function md5Of(password: string): string {
  const { createHash } = require('node:crypto') as typeof import('node:crypto');
  return createHash('md5').update(password).digest('hex');
}
