import type { Socket } from 'node:net';
import type { Clock } from '../../util/clock.ts';
import { VigilError } from '../../errors.ts';
import type { AdminAnswer, MasterAgent } from '../modules/admin-module.ts';
import type { ModuleDesk } from '../modules/module-desk.ts';
import { type AdminMessage, composeAdminMessage } from '../protocol/admin-message.ts';
import { PendingRequests } from '../protocol/pending-requests.ts';
import type { AdminAudit } from './admin-audit.ts';
import type { AdminConnection } from './admin-connection.ts';
import type { AdminCredentials } from './admin-credentials.ts';
import { AdminDoor, type AdminDoorSettings } from './admin-door.ts';
import type { AdminServerEvent } from './admin-event.ts';
import { AdminRoster } from './admin-roster.ts';
import type { MonitorFacts } from './monitor-facts.ts';
import { Reception } from './reception.ts';

export interface AdminServerSettings extends Pick<AdminDoorSettings, 'host' | 'port' | 'tls'> {
  readonly clock: Clock;
  readonly credentials: AdminCredentials;
  /** Where what servers and clients send is delivered. */
  readonly desk: ModuleDesk;
  readonly audit: Pick<AdminAudit, 'append'>;
  readonly onEvent: (event: AdminServerEvent) => void;
}

/** A question to one server. */
export interface ServerQuestion {
  readonly serverId: string;
  readonly moduleId: string;
  readonly body: unknown;
  readonly deadlineMs: number;
}

const REQUEST_MS = 30_000;
const LEAVE_MS = 1000;

/**
 * The master's end of all connections: lets servers and clients register, passes on what they send, and asks them.
 *
 * Whatever comes over a connection, nothing is thrown: that connection ends, and the others go on.
 */
export class AdminServer implements MasterAgent {
  readonly #settings: AdminServerSettings;
  readonly #door: AdminDoor;
  readonly #roster = new AdminRoster();
  readonly #pending: PendingRequests;
  readonly #reception: Reception;
  readonly #values = new Map<string, unknown>();

  /** @throws ERR_FLEET_PORT when key or certificate are none */
  constructor(settings: AdminServerSettings) {
    this.#settings = settings;
    this.#pending = new PendingRequests(settings.clock);
    this.#reception = new Reception({ ...settings, roster: this.#roster, pending: this.#pending });
    this.#door = new AdminDoor({
      ...settings,
      onSocket: (socket) => {
        this.#admit(socket);
      },
    });
  }

  /**
   * @returns the port
   * @throws ERR_FLEET_PORT when it cannot be had
   */
  listen(): Promise<number> {
    return this.#door.open();
  }

  /** Says goodbye to everybody, and resolves when they have left. What was asked is answered with an error. */
  async close(): Promise<void> {
    const left = this.#door.close();
    this.#pending.failAll('the master is ending');
    for (const connection of this.#reception.everybody()) connection.end('the master is ending');
    const grace = this.#settings.clock.setTimer(LEAVE_MS, () => {
      this.#door.clear();
    });
    await left;
    grace.cancel();
  }

  /** The servers that are connected, by id. */
  get monitors(): ReadonlyMap<string, MonitorFacts> {
    return this.#roster.facts;
  }

  /** For how long nothing has come from a server, milliseconds; null when it is not connected. */
  silentMs(serverId: string): number | null {
    return this.#roster.monitor(serverId)?.silentMs ?? null;
  }

  /** Ends the connection of a server, such as that of a process that was killed. */
  dropMonitor(serverId: string, why: string): void {
    this.#roster.monitor(serverId)?.drop(why);
  }

  /**
   * Asks one server. Its answer may stand in `error` as well as in `body`, as with handlers of the older kind.
   *
   * @throws ERR_FLEET_AWAY when it is not connected or goes first, ERR_FLEET_TIMEOUT, ERR_FLEET_BUSY
   */
  ask({
    serverId,
    moduleId,
    body,
    deadlineMs,
  }: ServerQuestion): Promise<{ error: unknown; body: unknown }> {
    return new Promise((resolve, reject) => {
      this.#open({ serverId, moduleId, body, deadlineMs, isRepeated: false }, (error, answer) => {
        if (error instanceof VigilError) reject(error);
        else resolve({ error, body: answer });
      });
    });
  }

  // The family's modules pass four arguments.
  // eslint-disable-next-line @typescript-eslint/max-params
  request(serverId: string, moduleId: string, body: unknown, answered: AdminAnswer): void {
    const question = { serverId, moduleId, body, deadlineMs: REQUEST_MS, isRepeated: true };
    this.#open(question, (error, answer) => {
      try {
        answered(error, answer);
      } catch (trouble) {
        this.#settings.onEvent({ type: 'module.trouble', moduleId, error: trouble });
      }
    });
  }

  notifyById(serverId: string, moduleId: string, body: unknown): boolean {
    const monitor = this.#roster.monitor(serverId);
    return this.#tell(monitor === undefined ? [] : [monitor], { kind: 'notice', moduleId, body });
  }

  notifyByType(serverType: string, moduleId: string, body: unknown): void {
    this.#tell(this.#roster.monitors(serverType), { kind: 'notice', moduleId, body });
  }

  notifyAll(moduleId: string, body: unknown): void {
    this.#tell(this.#roster.monitors(), { kind: 'notice', moduleId, body });
  }

  notifyClient(clientId: string, moduleId: string, body: unknown): boolean {
    const client = this.#roster.client(clientId);
    return this.#tell(client === undefined ? [] : [client], { kind: 'notice', moduleId, body });
  }

  notifyCommand(command: 'enable' | 'disable', moduleId: string): void {
    const message = { kind: 'command', id: null, command, moduleId, body: null } as const;
    this.#tell(this.#roster.monitors(), message);
  }

  get(moduleId: string): unknown {
    return this.#values.get(moduleId);
  }

  set(moduleId: string, value: unknown): void {
    this.#values.set(moduleId, value);
  }

  #admit(socket: Socket): void {
    this.#reception.admit(socket);
  }

  /** @returns whether somebody got it */
  #tell(connections: readonly AdminConnection[], message: AdminMessage): boolean {
    const payload = composeAdminMessage(message);
    return connections.map((connection) => connection.sendPayload(payload)).includes(true);
  }

  #open(
    { serverId, moduleId, body, deadlineMs, isRepeated }: ServerQuestion & { isRepeated: boolean },
    answered: AdminAnswer,
  ): void {
    const id = this.#pending.nextId;
    let payload: Buffer;
    try {
      payload = composeAdminMessage({ kind: 'request', id, moduleId, body });
    } catch (error) {
      answered(error);
      return;
    }
    const monitor = this.#roster.monitor(serverId);
    if (monitor === undefined) {
      answered(new VigilError('ERR_FLEET_AWAY', `unknown server id:${serverId}`));
      return;
    }
    const kept = isRepeated ? payload : null;
    const isOpen = this.#pending.open({ peer: serverId, deadlineMs, payload: kept, answered });
    if (isOpen) monitor.sendPayload(payload);
  }
}
