import type { WebSocketConnection } from '../../websocket/web-socket-connection.ts';
import type { ClientLine } from './client-line.ts';
import {
  type BadMessage,
  binaryFrame,
  type ClientMessage,
  parseClientMessage,
} from './client-message.ts';
import type { JobEventBody } from './job-event.ts';
import type { JobKeeper } from './job-keeper.ts';
import { Outbox } from './outbox.ts';
import type { Found } from './session-moves.ts';
import type { ClientSession, SessionStore } from './session-store.ts';
import { parseSessionToken, type TokenParts } from './session-token.ts';

export interface ClientConnectionPorts {
  readonly keeper: JobKeeper;
  readonly sessions: SessionStore<ClientLine>;
  /** Looks for a session at other gateways. */
  readonly find: (session: TokenParts) => Promise<Found>;
  readonly tell: (body: JobEventBody) => void;
  readonly count: (code: string) => void;
  /** Messages that may wait, to be sent or to be read. */
  readonly maxWaiting: number;
}

/** Another connection has taken the session over. */
const TAKEN_OVER = 4001;
const POLICY_VIOLATION = 1008;

/** One WebSocket of a client, from its `hello` to its end. */
export class ClientConnection implements ClientLine {
  readonly weight: number;
  readonly #socket: WebSocketConnection;
  readonly #ports: ClientConnectionPorts;
  readonly #outbox: Outbox;
  #session: ClientSession | null;
  #hasSent = false;
  /** What came while the session was looked for; null: nothing is looked for. */
  #held: string[] | null = null;

  /** @param session - a new one, which a `resume` takes the place of */
  constructor(
    socket: WebSocketConnection,
    ports: ClientConnectionPorts,
    { session, weight }: { readonly session: TokenParts; readonly weight: number },
  ) {
    this.#socket = socket;
    this.#ports = ports;
    this.weight = weight;
    this.#outbox = new Outbox(socket, ports.maxWaiting);
    this.#session = ports.sessions.open(session, this);
    socket.handle({
      onText: (text) => {
        this.#read(text);
      },
      onBinary: () => {
        this.#complain(binaryFrame());
      },
      onReady: () => {
        this.#outbox.flush();
      },
      onClose: (code) => {
        this.#leave(code);
      },
    });
    if (this.#session === null) socket.close(1013, 'too many clients');
    else this.say({ type: 'hello', session: session.token, clientId: session.clientId });
  }

  say(message: object | string, mark?: string): void {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    if (this.#outbox.send(text, mark)) return;
    this.#drop('it reads too slowly');
  }

  isWaiting(mark: string): boolean {
    return this.#outbox.has(mark);
  }

  drop(mark: string): void {
    this.#outbox.drop(mark);
  }

  giveWay(): void {
    this.#session = null;
    this.#socket.close(TAKEN_OVER, 'another connection has taken the session over');
  }

  #read(text: string): void {
    if (this.#session === null) return;
    if (this.#held === null) {
      this.#obey(this.#session, parseClientMessage(text));
      return;
    }
    this.#held.push(text);
    if (this.#held.length > this.#ports.maxWaiting)
      this.#drop('it sends too much before its session was found');
  }

  #obey(session: ClientSession, message: ClientMessage | BadMessage): void {
    const { keeper } = this.#ports;
    const { clientId } = session;
    switch (message.type) {
      case 'job':
        this.#hasSent = true;
        keeper.submit(clientId, this, message);
        return;
      case 'ack':
        keeper.acknowledge(clientId, message.id);
        return;
      case 'cancel':
        if (!keeper.cancel(clientId, message.id))
          this.#complain(bad('there is no job of this id that has not ended', message.id));
        return;
      case 'resume':
        if (this.#hasSent) this.#complain(bad('"resume" comes before any job'));
        else void this.#resume(session, message.session);
        return;
      case 'bad':
        this.#complain(message);
    }
  }

  async #resume(fresh: ClientSession, token: string): Promise<void> {
    const { sessions, find, count } = this.#ports;
    this.#held = [];
    const parts = parseSessionToken(token);
    const isHere = sessions.has(token);
    let found: Found | 'away' = isHere ? 'found' : 'unknown';
    if (!isHere && parts !== null) found = await find(parts).catch(() => 'away' as const);
    const held = this.#held;
    this.#held = null;
    if (found === 'found' && this.#socket.isOpen) this.#take(fresh, token);
    else if (found === 'unknown') this.#complain(bad('there is no such session'));
    else if (found !== 'found') {
      count('broker_unavailable');
      const message = 'the gateway that has the session does not answer: try again';
      this.say({ type: 'error', code: 'broker_unavailable', message });
    }
    for (const text of held) this.#read(text);
  }

  #take(fresh: ClientSession, token: string): void {
    const { sessions, tell } = this.#ports;
    const resumed = sessions.resume(token, this);
    if (resumed === null) {
      this.#complain(bad('there is no such session'));
      return;
    }
    const { session, open, previous } = resumed;
    if (previous !== null && previous !== this) previous.giveWay();
    if (fresh.token !== token) sessions.forget(fresh.token);
    this.#session = session;
    const { clientId } = session;
    this.say({ type: 'resumed', session: token, clientId, open });
    for (const { id, text } of sessions.keptOf(clientId)) this.say(text, `r:${id}`);
    tell({ type: 'client.resumed', client: clientId, open: open.length });
  }

  #complain({ code, message, id }: BadMessage): void {
    this.#ports.count(code);
    this.say({ type: 'error', code, message, ...(id === null ? {} : { id }) });
  }

  /** What is kept for it waits until it comes again. */
  #drop(reason: string): void {
    if (this.#session !== null)
      this.#ports.tell({ type: 'client.dropped', client: this.#session.clientId, reason });
    this.#socket.close(POLICY_VIOLATION, reason);
    this.#leave(POLICY_VIOLATION);
  }

  #leave(code: number): void {
    const session = this.#session;
    this.#session = null;
    if (session === null) return;
    this.#ports.sessions.leave(session.token, this);
    this.#ports.tell({ type: 'client.left', client: session.clientId, code });
  }
}

function bad(message: string, id: string | null = null): BadMessage {
  return { type: 'bad', code: 'bad_message', message, id };
}
