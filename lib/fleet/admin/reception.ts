import type { Socket } from 'node:net';
import type { Clock } from '../../util/clock.ts';
import type { AdminAnswer } from '../modules/admin-module.ts';
import type { ModuleDesk, Sender } from '../modules/module-desk.ts';
import type { AdminMessage } from '../protocol/admin-message.ts';
import type { PendingRequests } from '../protocol/pending-requests.ts';
import { REFUSALS } from '../protocol/registration.ts';
import type { AdminAudit } from './admin-audit.ts';
import { AdminConnection, type ConnectionHost } from './admin-connection.ts';
import type { AdminCredentials } from './admin-credentials.ts';
import type { AdminServerEvent } from './admin-event.ts';
import type { AdminRoster } from './admin-roster.ts';
import { ClientCalls } from './client-calls.ts';
import { type Judgement, Registrar } from './registrar.ts';

export interface ReceptionSettings {
  readonly clock: Clock;
  readonly credentials: AdminCredentials;
  readonly roster: AdminRoster;
  readonly pending: PendingRequests;
  readonly desk: ModuleDesk;
  readonly audit: Pick<AdminAudit, 'append'>;
  readonly onEvent: (event: AdminServerEvent) => void;
}

/** How long somebody may take to say who they are. */
const STRANGER_MS = 10_000;
/** Of those; the one that has taken longest makes room. */
const MOST_STRANGERS = 256;

/** Receives connections: has them judged, enters them, and passes on what comes over those that are registered. */
export class Reception implements ConnectionHost {
  readonly #settings: ReceptionSettings;
  readonly #registrar: Registrar;
  readonly #calls: ClientCalls;
  /** In the order they came. */
  readonly #strangers = new Set<AdminConnection>();

  constructor(settings: ReceptionSettings) {
    this.#settings = settings;
    const { credentials, roster, clock, desk, audit } = settings;
    this.#registrar = new Registrar(credentials, roster, clock);
    this.#calls = new ClientCalls(desk, audit);
  }

  admit(socket: Socket): void {
    const { clock } = this.#settings;
    const connection = new AdminConnection({ socket, clock, host: this, strangerMs: STRANGER_MS });
    this.#strangers.add(connection);
    if (this.#strangers.size <= MOST_STRANGERS) return;
    const [oldest] = this.#strangers;
    oldest?.drop('too many wait to say who they are');
  }

  everybody(): readonly AdminConnection[] {
    return [...this.#strangers, ...this.#settings.roster.all()];
  }

  register(connection: AdminConnection, how: 'register' | 'reconnect', value: unknown): void {
    this.#registrar
      .judge({ how, value, address: connection.address })
      .then((judgement) => {
        if (connection.isOpen) this.#carryOut(connection, how, judgement);
      })
      .catch((error: unknown) => {
        connection.drop(error instanceof Error ? error.message : String(error));
      });
  }

  receive(connection: AdminConnection, message: AdminMessage): void {
    const { role, address } = connection;
    const { desk, pending } = this.#settings;
    if (role.kind === 'monitor') this.beat(connection);
    if (message.kind === 'answer') {
      if (role.kind === 'monitor') pending.settle(role.facts.id, message.id, message);
      return;
    }
    const answer = this.#answerTo(connection, message);
    if (role.kind === 'client') {
      const { id, person } = role;
      const from = { kind: 'client', id, user: person.name, level: person.level } as const;
      this.#calls.take({ message, from, address, answer });
    } else if (role.kind === 'monitor' && message.kind !== 'command') {
      const { id, serverType } = role.facts;
      const from: Sender = { kind: 'monitor', id, type: serverType };
      desk.deliver({ moduleId: message.moduleId, body: message.body, from, answer });
    }
  }

  beat({ role }: AdminConnection): void {
    if (role.kind === 'monitor')
      this.#settings.onEvent({ type: 'monitor.beat', id: role.facts.id });
  }

  closed(connection: AdminConnection, why: string | null): void {
    const { role } = connection;
    const { roster, pending, onEvent } = this.#settings;
    this.#strangers.delete(connection);
    if (!roster.leave(connection)) return;
    if (role.kind === 'client')
      onEvent({ type: 'client.left', id: role.id, user: role.person.name });
    if (role.kind === 'monitor') {
      const { id } = role.facts;
      pending.lose(id, `the server ${id} is gone`);
      onEvent({ type: 'monitor.lost', id, reason: why ?? 'its connection has ended' });
    }
  }

  #carryOut(
    connection: AdminConnection,
    how: 'register' | 'reconnect',
    judgement: Judgement,
  ): void {
    const topic = how === 'register' ? 'register' : 'reconnect_ok';
    if (!judgement.accepted) {
      this.#refuse(connection, judgement);
      connection.answerRegistration(topic, { code: -1, msg: judgement.reason });
      // Whose reconnection is refused registers anew, over the same connection.
      if (how === 'register') connection.end(judgement.reason);
      else connection.forget();
      return;
    }
    const isBack = this.#enter(connection, judgement.role) || how === 'reconnect';
    connection.answerRegistration(topic, { code: 1, msg: 'ok', vigil: 1 });
    this.#welcome(connection, isBack);
  }

  #refuse(connection: AdminConnection, judgement: Judgement & { accepted: false }): void {
    const { kind, id, user, reason } = judgement;
    const { address } = connection;
    this.#settings.onEvent({ type: 'registration.refused', kind, id, address, reason });
    const isGuess = reason === REFUSALS.password || reason === REFUSALS.tooOften;
    if (user === null || id === null || !isGuess) return;
    const entry = { user, clientId: id, address, action: 'login', outcome: 'refused' } as const;
    this.#settings.audit.append(entry);
  }

  /** @returns whether it takes the place of a connection that is dead */
  #enter(connection: AdminConnection, role: AdminConnection['role']): boolean {
    const { roster, pending } = this.#settings;
    this.#strangers.delete(connection);
    const isBack = role.kind === 'monitor' && roster.monitor(role.facts.id) !== undefined;
    if (isBack) pending.lose(role.facts.id, 'another connection has taken its place');
    connection.accept(role);
    roster.enter(connection);
    return isBack;
  }

  #welcome(connection: AdminConnection, isBack: boolean): void {
    const { role, address } = connection;
    const { pending, audit, onEvent } = this.#settings;
    if (role.kind === 'client') {
      const { id, person } = role;
      onEvent({ type: 'client.joined', id, user: person.name });
      const entry = { clientId: id, address, action: 'login', outcome: 'accepted' } as const;
      audit.append({ user: person.name, ...entry });
    }
    if (role.kind !== 'monitor') return;
    onEvent({ type: 'monitor.registered', monitor: role.facts, again: isBack });
    for (const payload of pending.unanswered(role.facts.id)) connection.sendPayload(payload);
  }

  #answerTo(
    connection: AdminConnection,
    message: Exclude<AdminMessage, { kind: 'answer' }>,
  ): AdminAnswer | null {
    const id = message.kind === 'notice' ? null : message.id;
    if (id === null) return null;
    return (error, body) => {
      try {
        connection.send({ kind: 'answer', id, error, body });
      } catch (failure) {
        connection.send({ kind: 'answer', id, error: failure, body: null });
      }
    };
  }
}
